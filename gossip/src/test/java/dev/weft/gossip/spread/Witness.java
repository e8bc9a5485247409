package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.RecordSigner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Knows what every cluster ever said, and hears every word that a follower hears: it objects at once, and not only when all
 * is quiet, where one hears what its cluster never said, or hears again what he saw withdrawn. Every payload is said once
 * only, so that it shows whose it is and how old.
 */
final class Witness {
    private final UnaryOperator<String> why;
    private final Map<String, List<ClusterIdentity>> identities = new HashMap<>();
    /** By cluster and key, all that was ever said, and what holds now. */
    private final Map<String, Set<String>> said = new HashMap<>();

    private final Map<String, String> holds = new HashMap<>();
    /** What was withdrawn before a life of a cluster began, by its origin. */
    private final Map<OriginId, Set<String>> past = new HashMap<>();
    /** What a follower had and has no more. A process that starts again begins with what its disk knows. */
    private final Map<Sim, Map<OriginId, Set<String>>> seenGo = new HashMap<>();

    private long heard;

    /** @param why puts the circumstances into an objection */
    Witness(UnaryOperator<String> why) {
        this.why = why;
    }

    /** A cluster has this identity from now on, perhaps besides earlier ones, and may be in a new life. */
    void lives(OriginId origin, ClusterIdentity identity) {
        List<ClusterIdentity> known = identities.computeIfAbsent(origin.cluster(), first -> new ArrayList<>());
        if (!known.contains(identity)) {
            known.add(identity);
        }
        past.computeIfAbsent(origin, life -> {
            Set<String> gone = new HashSet<>();
            said.forEach((path, payloads) -> {
                if (path.startsWith(origin.cluster() + "/")) {
                    gone.addAll(payloads);
                    gone.remove(holds.get(path));
                }
            });
            return gone;
        });
    }

    /** A cluster says this of a key, or withdraws it. */
    void says(String cluster, String key, @Nullable String payload) {
        String path = cluster + "/" + key;
        if (payload == null) {
            holds.remove(path);
        } else {
            holds.put(path, payload);
            assertThat(said.computeIfAbsent(path, first -> new HashSet<>()).add(payload))
                    .isTrue();
        }
    }

    /** How many words were listened to. */
    long heard() {
        return heard;
    }

    /** A follower hears this next. */
    void hears(Sim follower, News item) {
        if (item instanceof News.OriginTold told) {
            Map<String, ByteString> now = new HashMap<>();
            told.records().forEach(record -> now.put(record.key(), record.payload()));
            follower.followed.of(told.origin()).forEach((key, payload) -> {
                if (!payload.equals(now.get(key))) {
                    goes(follower, told.origin(), payload);
                }
            });
            told.records().forEach(record -> comes(follower, told.origin(), record));
        } else if (item instanceof News.OriginChanged changed) {
            for (OriginRecord record : changed.records()) {
                ByteString before = follower.followed.of(changed.origin()).get(record.key());
                if (before != null && !before.equals(record.payload())) {
                    goes(follower, changed.origin(), before);
                }
                comes(follower, changed.origin(), record);
            }
        } else if (item instanceof News.OriginGone gone) {
            follower.followed.of(gone.origin()).values().forEach(payload -> goes(follower, gone.origin(), payload));
        }
    }

    private void goes(Sim follower, OriginId origin, ByteString payload) {
        seenGo.computeIfAbsent(follower, first -> new HashMap<>())
                .computeIfAbsent(origin, first -> new HashSet<>())
                .add(payload.utf8String());
    }

    private void comes(Sim follower, OriginId origin, OriginRecord record) {
        ByteString payload = record.payload();
        heard++;
        if (payload == null) {
            return;
        }
        String path = origin.cluster() + "/" + record.key();
        String text = payload.utf8String();
        Set<String> gone = seenGo.getOrDefault(follower, Map.of()).getOrDefault(origin, Set.of());
        String fault = null;
        if (!said.getOrDefault(path, Set.of()).contains(text)) {
            fault = "which was never said";
        } else if (gone.contains(text) && !text.equals(holds.get(path))) {
            fault = "which it saw withdrawn";
        } else if (past.getOrDefault(origin, Set.of()).contains(text)) {
            fault = "which was withdrawn before that life";
        }
        if (fault != null) {
            throw new AssertionError(why.apply(
                    follower.name + " hears " + text + " of " + record.key() + " of " + origin + ", " + fault));
        }
    }

    /** At any time: all that a process holds was said, and signed, by its cluster. */
    void looksInto(Sim process) {
        for (OriginState state : process.core.replica().states()) {
            String cluster = state.id().cluster();
            for (OriginRecord record : state.live()) {
                String text = Objects.requireNonNull(record.payload()).utf8String();
                assertThat(said.getOrDefault(cluster + "/" + record.key(), Set.of()))
                        .as(why.apply(record.key() + " of " + state.id() + " at " + process.name))
                        .contains(text);
            }
            boolean signed = identities.getOrDefault(cluster, List.of()).stream()
                    .anyMatch(identity -> state.holds((origin, number, root, seal) ->
                            identity.key().signed(RecordSigner.message(origin, number, root), seal)));
            assertThat(state.highest() == 0 || signed)
                    .as(why.apply(state.id() + " at " + process.name + " is signed by its cluster"))
                    .isTrue();
        }
    }
}
