package dev.weft.registry.federation;

import akka.util.ByteString;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.GossipSettings;
import dev.weft.gossip.Origin;
import dev.weft.gossip.RecordChange;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.spread.Identity;
import dev.weft.gossip.spread.News;
import dev.weft.gossip.spread.SpreadCore;
import dev.weft.gossip.spread.SpreadSettings;
import dev.weft.gossip.spread.Storage;
import dev.weft.gossip.spread.StoreQueue;
import dev.weft.gossip.spread.Surroundings;
import dev.weft.gossip.transport.SimulatedNetwork;
import dev.weft.gossip.transport.SimulatedPeers;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.GossipCodec;
import dev.weft.gossip.wire.StoredForm;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Members of a federation in one thread and in virtual time, with the real core, codec and settings of gossip. */
final class SimulatedMembers {
    private static final Storage NOWHERE = new Storage() {
        @Override
        public CompletionStage<Map<String, byte[]>> load() {
            return CompletableFuture.completedFuture(Map.of());
        }

        @Override
        public CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes) {
            return CompletableFuture.completedFuture(null);
        }
    };

    final SimulatedNetwork network;
    private final GossipSettings settings = GossipSettings.from(
            ConfigFactory.parseString("weft.gossip.cluster = any").withFallback(ConfigFactory.load()));
    private final SplittableRandom random = new SplittableRandom(51);
    private boolean rounds = true;

    SimulatedMembers() {
        network = new SimulatedNetwork(
                new GossipCodec(settings.wire()), random.split(), Instant.parse("2026-11-21T00:00:00Z"));
    }

    private static NodeAddress address(String cluster) {
        return new NodeAddress("localhost", 1 + Math.floorMod(cluster.hashCode(), 65_535));
    }

    /** Whether repair rounds take place, heartbeats with them; without them only what is pushed is on the links. */
    void rounds(boolean take) {
        rounds = take;
    }

    /** Starts a member that holds so many origins at most, so that a teller need not hear all that others tell. */
    Member start(String cluster, int origins, Consumer<FederationEvent> follower, String... seeds) {
        return new Member(cluster, origins, follower, seeds);
    }

    private SpreadSettings settings(int origins) {
        SpreadSettings all = settings.spread();
        return new SpreadSettings(
                all.fanout(),
                all.roundInterval(),
                all.roundJitter(),
                all.budgetBytes(),
                all.framesAhead(),
                all.tombstoneRetention(),
                all.futureBound(),
                all.links(),
                all.linkTimeout(),
                all.pullTimeout(),
                all.backoff(),
                origins,
                all.recordsPerOrigin(),
                all.nodes(),
                all.members(),
                all.trust());
    }

    /** One member. */
    final class Member {
        final SpreadCore core;
        private final SimulatedPeers peers;
        private final Consumer<FederationEvent> follower;
        private boolean running = true;

        private Member(String cluster, int origins, Consumer<FederationEvent> follower, String... seeds) {
            this.follower = follower;
            ClusterIdentity identity = ClusterIdentity.create(cluster, random::nextBytes);
            peers = network.join(address(cluster), new PeerIdentity(cluster, identity.key()));
            StoredForm form = new StoredForm(settings.wire());
            StoreQueue[] queue = new StoreQueue[1];
            queue[0] = new StoreQueue(
                    NOWHERE, form, failure -> network.schedule(Duration.ZERO, () -> queue[0].finished(failure)));
            core = SpreadCore.begin(
                    new Identity(identity, address(cluster), OptionalLong.empty(), true),
                    settings(origins),
                    new Surroundings(peers, queue[0], this::hear, network, random.split(), VerifyKey::signed),
                    Map.of(),
                    form);
            peers.start(core);
            for (String seed : seeds) {
                core.join(address(seed));
            }
            round();
        }

        private void round() {
            if (running) {
                network.schedule(rounds ? core.round() : Duration.ofMillis(200), this::round);
            }
        }

        private void hear(News item) {
            FederationEvent event = translate(item);
            if (event != null) {
                follower.accept(event);
            }
        }

        /** All that it knows, as one hears it who begins to follow now. */
        void tellAll(Consumer<FederationEvent> newcomer) {
            for (News item : core.everything()) {
                FederationEvent event = translate(item);
                if (event != null) {
                    newcomer.accept(event);
                }
            }
        }

        void publish(int shard, List<RecordChange> changes) {
            Map<String, @Nullable ByteString> byKey = new LinkedHashMap<>();
            changes.forEach(change -> byKey.put(change.key(), change.payload()));
            core.publish(shard, 0, byKey);
        }

        /** How far it is with an origin of a cluster. */
        Map<Integer, Long> reached(String cluster) {
            Map<Integer, Long> reached = new HashMap<>();
            core.replica().states().stream()
                    .filter(state -> state.id().cluster().equals(cluster) && state.highest() > 0)
                    .forEach(state -> reached.put(state.id().shard(), state.highest()));
            return reached;
        }

        void stop() {
            core.stop(Node.Presence.STOPPED);
            running = false;
            network.advance(Duration.ofMillis(50));
            peers.stop();
        }
    }

    private static @Nullable FederationEvent translate(News news) {
        if (news instanceof News.OriginChanged changed) {
            return new FederationEvent.OriginChanged(
                    new Origin(
                            changed.origin().cluster(),
                            changed.origin().shard(),
                            changed.origin().incarnation()),
                    changes(changed.records()));
        }
        if (news instanceof News.OriginTold told) {
            return new FederationEvent.OriginState(
                    new Origin(
                            told.origin().cluster(),
                            told.origin().shard(),
                            told.origin().incarnation()),
                    changes(told.records()));
        }
        return null;
    }

    private static List<RecordChange> changes(List<OriginRecord> records) {
        return records.stream()
                .map(record -> new RecordChange(record.key(), record.payload()))
                .toList();
    }
}
