package dev.weft.proxy.dns;

/** What {@code a-b-c-d.namespace.pod.zone} is answered with (rule DNS-10). */
public enum PodMode {
    /** There are no such names. */
    DISABLED,
    /** The address that the name says, whether a Pod has it or not. */
    INSECURE,
    /** The address when a Pod of the namespace has it; follows the Pods for that. */
    VERIFIED
}
