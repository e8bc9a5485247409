package dev.weft.gossip.spread;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was not believed, counted; logged once for each kind and peer, so that a flood does not fill the log. */
final class Refusals {
    /** Why something was not believed. */
    enum Reason {
        MALFORMED,
        OWN_ORIGIN,
        OTHER_LIFE,
        FUTURE,
        TOO_MANY
    }

    private record Kind(Reason reason, String peer) {}

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final int KINDS = 1_000;

    private final Map<Kind, Long> counts = new HashMap<>();

    void refuse(Reason reason, String peer, String what) {
        Kind kind = new Kind(reason, peer);
        if (counts.containsKey(kind) || counts.size() < KINDS) {
            long count = counts.merge(kind, 1L, Long::sum);
            if (count == 1) {
                LOG.warn("refused from {}: {} ({}; more of this kind are only counted)", peer, what, reason);
            }
        }
    }

    /** How often, from all peers. */
    long count(Reason reason) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().reason() == reason)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }
}
