package dev.weft.gossip.origin;

import akka.util.ByteString;

/** Tells whether an origin itself said what is said of it. */
@FunctionalInterface
public interface SealCheck {
    /**
     * Whether the origin sealed this state.
     *
     * @param number how far the state reaches
     * @param root of its live records, {@link RecordTree#root}
     */
    boolean holds(OriginId origin, long number, ByteString root, ByteString seal);
}
