package dev.weft.registry.shard;

import dev.weft.registry.endpoints.EndpointsDerivation;
import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.watch.HubSettings;
import dev.weft.registry.watch.WatchWindow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Several processes in one, in virtual time and from one seed: a network, a store, and a coordinator that says where shards
 * are, gives up processes that say nothing, and moves shards.
 */
final class SimulatedCluster {
    private static final NetworkRanges RANGES = new NetworkRanges(
            List.of(dev.weft.registry.resource.Cidr.of("127.96.0.0/26")), List.of(), new PortRange(30_000, 30_099));
    private static final KindCatalog KINDS = StandardKinds.catalog(RANGES);
    private static final Admission ADMISSION = new Admission(KINDS);
    private static final Instant BEGINNING = Instant.parse("2026-03-01T00:00:00Z");
    private static final Duration LEASE = Duration.ofMillis(500);

    private final VirtualTime time = new VirtualTime();
    private final Random random;
    private final SimulatedNetwork network;
    private final Set<Defect> defects;
    private final boolean shared;
    private final Placement placement;
    private final ShardSettings settings;
    private final HubSettings hubSettings;
    private final SimulatedStore store;
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final Set<SimulatedNode> members = new LinkedHashSet<>();
    private final Map<Integer, SimulatedNode> homes = new TreeMap<>();
    private final Set<Integer> moving = new HashSet<>();
    private int numbers;
    private int uids;
    private @Nullable SimulatedHost suspect;
    private long suspectUntil;

    /**
     * A cluster whose processes are not started yet.
     *
     * @param shared whether all processes hold shards, in a store that they share; if not, the first one alone does
     */
    SimulatedCluster(Random random, int shards, int processes, boolean shared, Set<Defect> defects) {
        this.random = random;
        this.network = new SimulatedNetwork(time, random);
        this.defects = defects;
        this.shared = shared;
        placement = new Placement(shards);
        settings = new ShardSettings(
                100,
                8,
                30 + random.nextInt(200),
                1 << 20,
                5 + random.nextInt(40),
                1 << 20,
                4,
                20_000,
                Duration.ofSeconds(5),
                7,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                shared,
                LEASE);
        hubSettings = new HubSettings(
                shards,
                new WatchWindow.Limits(20 + random.nextInt(200), 1 << 20, Duration.ofSeconds(2 + random.nextInt(60))),
                new WatchWindow.Limits(50 + random.nextInt(400), 1 << 20, Duration.ofSeconds(2 + random.nextInt(60))),
                Duration.ofMillis(100 + random.nextInt(400)),
                Duration.ofMillis(500),
                Duration.ofMillis(200 + random.nextInt(800)));
        store = new SimulatedStore(this, shards, random);
        for (int i = 0; i < processes; i++) {
            hosts.add(new SimulatedHost("host-" + i));
        }
        if (random.nextInt(3) > 0) {
            // Nobody sets their clocks by one another.
            hosts.forEach(host -> host.stepClock(Duration.ofMillis(random.nextInt(10_000) - 5_000)));
        }
    }

    VirtualTime time() {
        return time;
    }

    Random random() {
        return random;
    }

    boolean has(Defect defect) {
        return !defects.isEmpty() && defects.contains(defect);
    }

    /** Whether several processes write to the store. */
    boolean isShared() {
        return shared;
    }

    Placement placement() {
        return placement;
    }

    ShardSettings settings() {
        return settings;
    }

    HubSettings hubSettings() {
        return hubSettings;
    }

    Admission admission() {
        return ADMISSION;
    }

    SimulatedStore store() {
        return store;
    }

    List<SimulatedHost> hosts() {
        return hosts;
    }

    int nextNumber() {
        return ++numbers;
    }

    /** True time; machines' clocks may be off. */
    Instant wall() {
        return BEGINNING.plusNanos(time.micros() * 1_000);
    }

    ShardContext shardContext(InstantSource wall) {
        return new ShardContext(
                placement,
                KINDS,
                RANGES,
                wall,
                random,
                () -> "uid-" + ++uids,
                () -> List.of(new EndpointsDerivation()));
    }

    /** Whether others may write to the store, and on which terms a shard vouches for what it holds then. */
    Optional<ReadLease.Terms> terms(SimulatedNode node) {
        return shared
                ? Optional.of(new ReadLease.Terms(new NoStore(), node::steady, node::wall, LEASE, () -> true))
                : Optional.empty();
    }

    /** Who belongs to it and where shards are. */
    @Override
    public String toString() {
        StringBuilder told = new StringBuilder("members");
        members.forEach(member -> told.append(' ').append(member));
        homes.forEach((shard, home) -> told.append("; shard ")
                .append(shard)
                .append(moving.contains(shard) ? " is moving from " : " at ")
                .append(home));
        return told.toString();
    }

    SimulatedNetwork network() {
        return network;
    }

    // Where to look

    /** What a process says from now on may be out of date: it has just gone on after a pause, or others take it for gone. */
    void suspect(SimulatedHost host) {
        suspect = host;
        suspectUntil = time.micros() + 2_000_000;
    }

    /** Where to look, most of the time: wherever what is out of date may be shown. */
    SimulatedHost anyHost() {
        SimulatedHost suspected = suspect();
        return suspected != null && random.nextInt(3) > 0 ? suspected : hosts.get(random.nextInt(hosts.size()));
    }

    /** Where to write: mostly elsewhere, so that there is something newer that it may not know of. */
    SimulatedHost anyHostToWrite() {
        SimulatedHost any = hosts.get(random.nextInt(hosts.size()));
        return any == suspect() && random.nextInt(3) > 0 ? hosts.get(random.nextInt(hosts.size())) : any;
    }

    /** Whose process may say what is out of date, if there is one. */
    @Nullable
    SimulatedHost suspect() {
        return time.micros() < suspectUntil ? suspect : null;
    }

    // The coordinator

    /** The processes that belong to the cluster, as far as the coordinator knows. */
    Set<SimulatedNode> members() {
        return members;
    }

    /** Starts a process, which joins after a while. */
    void start(SimulatedHost host) {
        SimulatedNode node = host.start(this);
        time.in(100_000L + random.nextInt(900_000), () -> join(node));
    }

    private void join(SimulatedNode node) {
        if (node.isDead()) {
            return;
        }
        if (node.isPaused() || node.host().isCut()) {
            time.in(500_000, () -> join(node));
            return;
        }
        // Whoever was there before it on its machine is gone for certain.
        List.copyOf(members).stream()
                .filter(member -> member.host() == node.host())
                .forEach(this::giveUp);
        members.add(node);
        tellHomes(node);
        placement
                .all()
                .filter(shard -> !homes.containsKey(shard) && !moving.contains(shard))
                .forEach(this::allocate);
        if (members.size() > 1 && holds(node)) {
            time.in(random.nextInt(1_000_000), this::moveOne);
        }
    }

    private boolean holds(SimulatedNode node) {
        return shared || node.host() == hosts.get(0);
    }

    /** A message of the coordinator, which nobody who is cut off hears. */
    private void coordinate(SimulatedNode to, Runnable action) {
        if (!to.host().isCut()) {
            network.send("coordinator", to, network.delay(), action);
        }
    }

    private void allocate(int shard) {
        moving.remove(shard);
        List<SimulatedNode> able = members.stream().filter(this::holds).toList();
        if (able.isEmpty()) {
            return;
        }
        SimulatedNode home = able.get(random.nextInt(able.size()));
        homes.put(shard, home);
        coordinate(home, () -> home.host(shard));
        members.forEach(member -> coordinate(member, () -> member.learn(shard, home)));
    }

    /** Moves some shard, in an orderly way. */
    void moveOne() {
        List<Integer> settled =
                homes.keySet().stream().filter(shard -> !moving.contains(shard)).toList();
        if (!settled.isEmpty() && shared) {
            move(settled.get(random.nextInt(settled.size())));
        }
    }

    private void move(int shard) {
        SimulatedNode home = homes.get(shard);
        if (home == null || !moving.add(shard)) {
            return;
        }
        members.forEach(member -> coordinate(member, () -> member.learn(shard, null)));
        time.in(network.delay() * 3, () -> askForHandOver(shard, home));
    }

    private void askForHandOver(int shard, SimulatedNode home) {
        if (homes.get(shard) == home && moving.contains(shard)) {
            coordinate(home, () -> home.handOver(shard));
            time.in(1_000_000, () -> askForHandOver(shard, home));
        }
    }

    /** Tells a process where the shards are, which it may have missed. */
    void tellHomes(SimulatedNode node) {
        homes.forEach((shard, home) -> coordinate(node, () -> {
            if (home == node && !moving.contains(shard)) {
                node.host(shard);
            } else {
                node.learn(shard, home);
            }
        }));
    }

    /** A process has let a shard go. */
    void handedOver(int shard, SimulatedNode from) {
        if (homes.get(shard) == from && moving.contains(shard)) {
            time.in(network.delay(), () -> {
                if (homes.get(shard) == from && moving.contains(shard)) {
                    homes.remove(shard);
                    allocate(shard);
                }
            });
        }
    }

    /** Everyone who is left gives a process up: what it held is begun elsewhere, whether it still runs or not. */
    void giveUp(SimulatedNode node) {
        if (!members.remove(node)) {
            return;
        }
        node.beGone();
        if (!node.isDead() && !node.isPaused()) {
            suspect(node.host());
        }
        List<Integer> orphans = homes.entrySet().stream()
                .filter(entry -> entry.getValue() == node)
                .map(Map.Entry::getKey)
                .toList();
        for (int shard : orphans) {
            homes.remove(shard);
            moving.remove(shard);
            members.forEach(member -> coordinate(member, () -> member.learn(shard, null)));
            allocate(shard);
        }
    }

    /** Stops a process in an orderly way: first it hands its shards over, if there is anyone to take them. */
    void stop(SimulatedNode node, Runnable then) {
        if (members.size() > 1 && shared) {
            members.remove(node);
            homes.entrySet().stream()
                    .filter(entry -> entry.getValue() == node)
                    .map(Map.Entry::getKey)
                    .toList()
                    .forEach(this::move);
        }
        awaitEmpty(node, 20, then);
    }

    private void awaitEmpty(SimulatedNode node, int patience, Runnable then) {
        if (node.held() > 0 && patience > 0 && shared && !node.isDead()) {
            time.in(100_000, () -> awaitEmpty(node, patience - 1, then));
            return;
        }
        node.die();
        members.add(node);
        giveUp(node);
        then.run();
    }
}
