package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.FreshnessSettings;
import dev.weft.gossip.member.MemberSettings;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.member.NodeAddress;
import dev.weft.gossip.member.NodeId;
import dev.weft.gossip.member.Status;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.transport.Backoff;
import dev.weft.gossip.transport.SimulatedNetwork;
import dev.weft.gossip.transport.SimulatedPeers;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.MemberStatement;
import dev.weft.gossip.trust.PeerIdentity;
import dev.weft.gossip.trust.RecordSigner;
import dev.weft.gossip.trust.SignatureCheck;
import dev.weft.gossip.trust.VerifyKey;
import dev.weft.gossip.wire.GossipCodec;
import dev.weft.gossip.wire.StoredForm;
import dev.weft.gossip.wire.WireBounds;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Many processes in one thread and in virtual time, with the real core, codec and store queue. */
final class SimulatedFederation {
    static final WireBounds BOUNDS = new WireBounds(512 * 1024, 256, 64 * 1024, 255, 256, 8192);
    static final TrustSettings TRUST = new TrustSettings(
            2_000, 100, Duration.ofSeconds(5), 10_000_000, 5_000, 100, Duration.ofSeconds(3), 50_000_000);
    static final FreshnessSettings FRESHNESS =
            new FreshnessSettings(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofHours(24));
    static final Duration ROUND = Duration.ofMillis(200);

    final SimulatedNetwork network;
    final SplittableRandom random;
    final Map<String, Sim> processes = new LinkedHashMap<>();
    private final StoredForm form = new StoredForm(BOUNDS);
    private int budget = 2_000;
    private int fanout = 8;
    private int links = 32;
    private Duration tombstones = Duration.ofHours(1);
    private final Map<String, Duration> skews = new HashMap<>();
    private boolean open = true;
    private SignatureCheck signatures = VerifyKey::signed;
    private @Nullable BiConsumer<Sim, News> watcher;
    private @Nullable BiConsumer<Sim, News> witness;

    SimulatedFederation(long seed) {
        random = new SplittableRandom(seed);
        network = new SimulatedNetwork(new GossipCodec(BOUNDS), random.split(), Instant.parse("2026-11-21T00:00:00Z"));
    }

    SimulatedFederation budget(int bytes) {
        budget = bytes;
        return this;
    }

    SimulatedFederation fanout(int peers) {
        fanout = peers;
        return this;
    }

    /** How many links each keeps with processes of other clusters. */
    SimulatedFederation links(int kept) {
        links = kept;
        return this;
    }

    SimulatedFederation tombstones(Duration retention) {
        tombstones = retention;
        return this;
    }

    /**
     * For very many processes: what they hear goes to a watcher instead of being kept, what they store is forgotten, they
     * do not all begin their rounds at once, and a signature that one has checked is not computed again for the others.
     */
    SimulatedFederation lean(BiConsumer<Sim, News> hears) {
        watcher = hears;
        Map<List<Object>, Boolean> checked = new HashMap<>();
        signatures = (key, message, signature) -> checked.computeIfAbsent(
                List.of(key, ByteString.fromArray(message), signature), unknown -> key.signed(message, signature));
        return this;
    }

    /** Somebody besides hears all that followers hear, before they do. */
    SimulatedFederation witnessed(BiConsumer<Sim, News> hears) {
        witness = hears;
        return this;
    }

    /** Sets the clock of a cluster, so much ahead of what it should be; also while it runs. */
    void skew(String cluster, Duration ahead) {
        skews.put(cluster, ahead);
    }

    /** Nobody comes in without a token. */
    SimulatedFederation closed() {
        open = false;
        return this;
    }

    static NodeAddress address(String name) {
        // All on one machine, so that they may come in without a token.
        return new NodeAddress("localhost", 1 + Math.floorMod(name.hashCode(), 65_535));
    }

    /**
     * Starts clusters c0, c1, ... which know each other and hold one record of each already, as after a restart of all;
     * so that many of them can be looked at without waiting for as many to join.
     */
    List<Sim> acquainted(int clusters, ByteString payload) {
        Instant now = network.instant();
        long stamp = HybridTimestamp.ofMillis(now.toEpochMilli() - 1_000).packed();
        Map<String, byte[]> known = new HashMap<>();
        List<ClusterIdentity> identities = new ArrayList<>();
        for (int i = 0; i < clusters; i++) {
            String name = "c" + i;
            ClusterIdentity identity = ClusterIdentity.create(name, random::nextBytes);
            identities.add(identity);
            RecordSigner signer = new RecordSigner(identity);
            MemberStatement member = i == 0
                    ? MemberStatement.founding(identity, stamp)
                    : MemberStatement.vouching(identities.get(0), name, identity.key(), stamp);
            known.put(StoreQueue.MEMBER + name, form.member(member));
            Node node = signer.sign(
                    new Node(new NodeId(name, address(name)), incarnation(i), stamp, stamp, Node.Presence.HERE));
            known.put(StoreQueue.NODE + node.id(), form.node(node));
            OriginState state = new OriginState(new OriginId(name, 0, incarnation(i)));
            OriginRecord record = state.write("first", payload, stamp);
            String path = StoreQueue.path(state.id());
            known.put(StoreQueue.RECORD + path + "/first", form.record(record));
            known.put(
                    StoreQueue.ORIGIN + path,
                    form.origin(state.id(), state.highest(), state.horizon(), state.seal(signer)));
        }
        List<Sim> all = new ArrayList<>();
        for (int i = 0; i < clusters; i++) {
            Map<String, byte[]> own = new HashMap<>(known);
            own.put(StoreQueue.INCARNATION, StoredState.bytes(incarnation(i)));
            own.put(StoreQueue.KEY, identities.get(i).key().raw().toArray());
            own.put(StoreQueue.CLEAN, new byte[] {1});
            Sim sim = start("c" + i, new SimulatedDisk(identities.get(i), own));
            sim.core.reset(0, 0, Map.of("first", payload));
            all.add(sim);
        }
        return all;
    }

    private static long incarnation(int cluster) {
        return 1_000L + cluster;
    }

    /** Starts a process that is a cluster of its own. */
    Sim start(String cluster, SimulatedDisk disk, String... seeds) {
        return start(cluster, cluster, disk, OptionalLong.empty(), seeds);
    }

    /** The same with a clock that is ahead by so much. */
    Sim skewed(String cluster, Duration ahead, SimulatedDisk disk, String... seeds) {
        skew(cluster, ahead);
        return start(cluster, disk, seeds);
    }

    Sim start(String name, String cluster, SimulatedDisk disk, OptionalLong incarnation, String... seeds) {
        Sim process = new Sim(name, cluster, disk, incarnation, seeds);
        processes.put(name, process);
        return process;
    }

    void run(Duration time) {
        network.advance(time);
    }

    /** True when all running processes hold the same bytes. */
    boolean converged() {
        return processes.values().stream()
                        .map(process -> process.core.replica().contentHash())
                        .distinct()
                        .count()
                <= 1;
    }

    /** True when all running processes are equally far with all origins, which is checked sooner. */
    boolean inStep() {
        return processes.values().stream()
                        .map(process -> process.core.replica().root())
                        .distinct()
                        .count()
                <= 1;
    }

    /** Runs until all are in step. Answers how long that took; more than the limit if they never were. */
    Duration untilInStep(Duration limit) {
        return until(this::inStep, limit);
    }

    /** Runs until all are equal. Answers how long that took; more than the limit if they never were. */
    Duration untilConverged(Duration limit) {
        return until(this::converged, limit);
    }

    Duration until(BooleanSupplier done, Duration limit) {
        Instant begun = network.instant();
        while (!done.getAsBoolean()) {
            if (Duration.between(begun, network.instant()).compareTo(limit) > 0) {
                return limit.plusNanos(1);
            }
            run(Duration.ofMillis(10));
        }
        return Duration.between(begun, network.instant());
    }

    void partition(List<String> one, List<String> other, boolean cut) {
        for (String a : one) {
            for (String b : other) {
                if (cut) {
                    network.cut(address(a), address(b));
                    network.cut(address(b), address(a));
                } else {
                    network.heal(address(a), address(b));
                    network.heal(address(b), address(a));
                }
            }
        }
    }

    private SpreadSettings settings() {
        return new SpreadSettings(
                fanout,
                ROUND,
                0.2,
                budget,
                16,
                tombstones,
                Duration.ofSeconds(60),
                links,
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1)),
                4_000,
                200_000,
                4_000,
                new MemberSettings(
                        Duration.ofMillis(500),
                        768,
                        8,
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10),
                        Duration.ofDays(7),
                        FRESHNESS,
                        Duration.ofSeconds(30)),
                TRUST);
    }

    /** One process. */
    final class Sim implements Consumer<News> {
        final String name;
        final String cluster;
        final SimulatedDisk disk;
        final SimulatedPeers peers;
        final SpreadCore core;
        final List<News> news = new ArrayList<>();
        final FollowedRecords followed = new FollowedRecords();

        private boolean running = true;

        private Sim(String name, String cluster, SimulatedDisk disk, OptionalLong incarnation, String... seeds) {
            this.name = name;
            this.cluster = cluster;
            this.disk = disk;
            ClusterIdentity identity = disk.identity(cluster, random);
            this.peers = network.join(address(name), new PeerIdentity(cluster, identity.key()));
            StoreQueue[] queue = new StoreQueue[1];
            queue[0] = new StoreQueue(
                    disk, form, failure -> network.schedule(Duration.ZERO, () -> queue[0].finished(failure)));
            Surroundings around = new Surroundings(peers, queue[0], this, clock(), random.split(), signatures);
            this.core = SpreadCore.begin(
                    new Identity(identity, address(name), incarnation, open),
                    settings(),
                    around,
                    new HashMap<>(disk.entries),
                    form);
            core.everything().forEach(this);
            peers.start(core);
            for (String seed : seeds) {
                core.join(address(seed));
            }
            if (watcher == null) {
                round();
            } else {
                disk.entries.clear();
                disk.losing = true;
                network.schedule(Duration.ofMillis(random.nextLong(ROUND.toMillis())), this::round);
            }
        }

        private InstantSource clock() {
            return () -> network.instant().plus(skews.getOrDefault(cluster, Duration.ZERO));
        }

        private void round() {
            if (running) {
                network.schedule(core.round(), this::round);
            }
        }

        void put(int shard, String key, @Nullable String payload) {
            Map<String, @Nullable ByteString> change = new HashMap<>();
            change.put(key, payload == null ? null : ByteString.fromString(payload));
            core.publish(shard, 0, change);
        }

        /** As by kill -9: whatever was not on the disk is lost. */
        void crash() {
            running = false;
            peers.crash();
            processes.remove(name);
        }

        void stop() {
            core.stop(Node.Presence.STOPPED);
            end();
        }

        void leave() {
            core.stop(Node.Presence.LEFT);
            end();
        }

        private void end() {
            running = false;
            run(Duration.ofMillis(1));
            peers.stop();
            processes.remove(name);
        }

        Status status(String other) {
            return core.members().stream()
                    .filter(member -> member.cluster().equals(other))
                    .findFirst()
                    .orElseThrow()
                    .status();
        }

        /** Live payloads by cluster, shard and key. */
        Map<String, String> content() {
            Map<String, String> content = new TreeMap<>();
            for (OriginState state : core.replica().states()) {
                for (OriginRecord record : state.live()) {
                    content.put(
                            FollowedRecords.path(state.id(), record.key()),
                            Objects.requireNonNull(record.payload()).utf8String());
                }
            }
            return content;
        }

        /** The same as a follower knows it. */
        Map<String, String> heard() {
            return followed.content();
        }

        @Override
        public void accept(News item) {
            if (watcher != null) {
                watcher.accept(this, item);
                return;
            }
            if (witness != null) {
                witness.accept(this, item);
            }
            news.add(item);
            followed.hear(item);
        }
    }
}
