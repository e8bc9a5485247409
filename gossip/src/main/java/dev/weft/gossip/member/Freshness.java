package dev.weft.gossip.member;

/** How recent what is known of a cluster is, best first: judged by the progress of its data, not by an open link. */
public enum Freshness {
    /** All that it said lately is here. */
    FRESH,
    /** Nothing new for longer than usual; nothing follows from that yet. */
    SUSPECT,
    /** What it said last stays in use, behind what others say. */
    STALE,
    /** Silent for so long that what it said is not used any more, though it is still known. */
    WITHDRAWN
}
