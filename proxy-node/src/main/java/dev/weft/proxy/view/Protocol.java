package dev.weft.proxy.view;

/** The transport of a service port. */
public enum Protocol {
    TCP,
    UDP,
    SCTP
}
