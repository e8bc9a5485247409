package dev.weft.proxy.health;

/** What is held of a target. */
public enum Verdict {
    /** Too little has been seen to say. */
    UNKNOWN,
    HEALTHY,
    UNHEALTHY
}
