package dev.weft.proxy.dns;

/** Where an answer goes; called once for each message at most, on the event loop of its client. */
@FunctionalInterface
interface Reply {
    /** The bytes may be used again after the call. */
    void send(byte[] bytes, int length);
}
