package dev.weft.gossip.wire;

/** What bytes turned out to be. */
public sealed interface Decoded {
    /** A valid frame. */
    record Understood(Frame frame) implements Decoded {}

    /** Not a frame, or one beyond the bounds. */
    record Malformed(String reason) implements Decoded {}
}
