package dev.weft.proxy.dataplane;

/** How it stands with the socket of a listener. */
public enum BindState {
    /** Asked for, not answered yet. */
    BINDING,
    BOUND,
    /** Another process or service has the port; tried again. */
    ADDRESS_IN_USE,
    /** This process may not use the port; tried again. */
    PERMISSION_DENIED,
    /** The address is not on this host; tried again. */
    ADDRESS_NOT_ON_HOST,
    /** Anything else; tried again. */
    FAILED,
    CLOSED
}
