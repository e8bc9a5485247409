package dev.weft.gossip.spread;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
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
        TOO_MANY,
        /** Not signed by whom it is said to be from. */
        FORGED,
        /** One who is no member, or whose word is not for him to say. */
        STRANGER,
        /** More than a peer may send. */
        FLOOD
    }

    private record Kind(Reason reason, String peer, String subject) {}

    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
    private static final int KINDS = 1_000;

    private final Map<Kind, Long> counts = new HashMap<>();
    private long all;

    void refuse(Reason reason, String peer, String what) {
        refuse(reason, peer, "", what);
    }

    /** The same where more than one subject, e.g. origin, is worth a line in the log. */
    void refuse(Reason reason, String peer, String subject, String what) {
        all++;
        Kind kind = new Kind(reason, peer, subject);
        if (counts.containsKey(kind) || counts.size() < KINDS) {
            long count = counts.merge(kind, 1L, Long::sum);
            if (count == 1) {
                LOG.warn("refused from {}: {} ({}; more of this kind are only counted)", peer, what, reason);
            }
        }
    }

    /** How often, for all reasons and from all peers. */
    long all() {
        return all;
    }

    /** How often, from all peers. */
    long count(Reason reason) {
        return counts.entrySet().stream()
                .filter(entry -> entry.getKey().reason() == reason)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** How often, by reason, of peers whose name begins so. */
    Map<String, Long> counts(String peer) {
        Map<String, Long> byReason = new TreeMap<>();
        counts.forEach((kind, count) -> {
            if (kind.peer().startsWith(peer)) {
                byReason.merge(kind.reason().name(), count, Long::sum);
            }
        });
        return byReason;
    }
}
