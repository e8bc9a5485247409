package dev.weft.gossip.origin;

import akka.util.ByteString;

/** The word of the cluster that writes an origin. */
@FunctionalInterface
public interface Sealer {
    /** Seals the state that reaches up to a number and has this {@link RecordTree#root}. */
    ByteString seal(OriginId origin, long number, ByteString root);
}
