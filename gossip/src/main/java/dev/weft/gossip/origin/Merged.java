package dev.weft.gossip.origin;

import java.util.List;

/**
 * What became of records that were offered.
 *
 * @param outcome in one word
 * @param stored records that are now held and were not before, tombstones included
 * @param dropped keys that are no longer held at all
 * @param visible what followers see change: keys with another payload, or withdrawn
 */
public record Merged(Outcome outcome, List<OriginRecord> stored, List<String> dropped, List<OriginRecord> visible) {
    public Merged {
        stored = List.copyOf(stored);
        dropped = List.copyOf(dropped);
        visible = List.copyOf(visible);
    }

    /** In one word. */
    public enum Outcome {
        /** The state moved forward. */
        NEW,
        /** Nothing in it was new. */
        KNOWN,
        /** It begins beyond what is held: what is between must be fetched first. */
        GAP,
        /** A piece was put aside until the rest is here. */
        STAGED,
        /** Not what the origin sealed, or its records do not fit what is held: nothing was taken. */
        FORGED
    }

    static Merged nothing(Outcome outcome) {
        return new Merged(outcome, List.of(), List.of(), List.of());
    }
}
