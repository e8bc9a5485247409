package dev.weft.gossip.trust;

import akka.util.ByteString;

/** Whether the owner of a key signed a message. {@link VerifyKey#signed} computes it; a simulation may remember it. */
@FunctionalInterface
public interface SignatureCheck {
    boolean signed(VerifyKey key, byte[] message, ByteString signature);
}
