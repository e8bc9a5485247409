package dev.weft.proxy.dns;

/** Whether a Pod of a namespace has an address; asked on the event loop. */
interface PodDirectory {

    /** What is said. */
    enum Answer {
        YES,
        NO,
        /** The Pods have not been listed yet. */
        UNKNOWN
    }

    /** No Pod has any address. */
    PodDirectory NONE = (namespace, address) -> Answer.NO;

    /** Every namespace has a Pod at every address. */
    PodDirectory ANY = (namespace, address) -> Answer.YES;

    Answer find(String namespace, byte[] address);
}
