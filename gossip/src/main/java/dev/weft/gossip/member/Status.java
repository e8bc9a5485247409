package dev.weft.gossip.member;

/** How sure we are of a process or of a cluster, best first. */
public enum Status {
    ALIVE,
    SUSPECT,
    UNREACHABLE,
    LEFT
}
