package dev.weft.gossip;

import java.time.Instant;

/**
 * A token that was given out and that somebody could use.
 *
 * @param id what it is called where its secret must not be
 */
public record OpenToken(String id, Instant expires) {}
