package dev.weft.registry.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.testbed.History;
import dev.weft.registry.watch.WindowView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** One seed's worth of writing, watching and harm in a simulated cluster, and the judgement at its end. */
final class SimulatedHistory {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration CALM = Duration.ofSeconds(4);
    private static final long BUSY = 9_000_000;

    private final Random random;
    private final SimulatedCluster cluster;
    private final SimulatedHarm harm;
    private final History history = new History();
    private final List<SimulatedWriter> writers = new ArrayList<>();
    private final List<SimulatedObserver> observers = new ArrayList<>();
    private final Map<String, Long> lastVersions = new HashMap<>();
    private final List<ShardState> states = new ArrayList<>();
    private int events;

    /** What one window of a node's hub held. */
    private record Picture(String node, int window, WindowView view) {}

    SimulatedHistory(long seed, Set<Defect> defects) {
        // Neighbouring seeds begin alike with this generator unless their bits are spread.
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        boolean shared = random.nextInt(4) > 0;
        int shards = 1 + random.nextInt(5);
        cluster = new SimulatedCluster(random, shards, 2 + random.nextInt(3), shared, defects);
        harm = new SimulatedHarm(cluster, random);
        int thinking = 100_000 + random.nextInt(600_000);
        for (int i = 0; i < 4; i++) {
            writers.add(new SimulatedWriter(cluster, "w" + i, random, history, thinking));
            observers.add(new SimulatedObserver(
                    cluster, "observer-" + i, random, history, SimulatedObserver.collection(random)));
        }
    }

    /** What was done to the cluster. */
    @Override
    public String toString() {
        return harm.toString();
    }

    int events() {
        return events;
    }

    int acknowledged() {
        return history.acknowledged();
    }

    int watches() {
        return history.epochs()
                + observers.stream().mapToInt(SimulatedObserver::resumed).sum();
    }

    int failures() {
        return writers.stream().mapToInt(SimulatedWriter::failures).sum();
    }

    /** Runs it; fails with what did not fit together. */
    void run() {
        cluster.hosts().forEach(cluster::start);
        writers.forEach(SimulatedWriter::start);
        observers.forEach(SimulatedObserver::start);
        harm.strike(1 + random.nextInt(5), BUSY);
        cluster.time().until(() -> false, Duration.ofNanos(BUSY * 1_000));
        writers.forEach(SimulatedWriter::rest);
        // Who goes on after a long pause may still show what was.
        cluster.time().until(harm::isOver, Duration.ofNanos(BUSY * 1_000));
        writers.forEach(SimulatedWriter::stop);
        awaiting(
                "every process runs, and no request is under way",
                () -> harm.isOver()
                        && cluster.hosts().stream()
                                .allMatch(host ->
                                        host.node() != null && cluster.members().contains(host.node()))
                        && writers.stream().allMatch(SimulatedWriter::isIdle));
        // Addresses that nobody uses any more are given back without an answer.
        cluster.time().until(() -> false, CALM);
        List<Picture> pictures = lookEverywhere();
        tellWhatIsStored();
        Map<SimulatedObserver, Long> last = new HashMap<>();
        observers.forEach(observer -> last.put(observer, lastOf(observer.scope())));
        awaiting(
                "every observer has seen all",
                () -> observers.stream().allMatch(observer -> observer.upTo() >= last.getOrDefault(observer, 0L)));
        observers.forEach(SimulatedObserver::stop);
        history.check(present());
        replicasEqualShards(pictures);
        addressesAreUnique();
    }

    private void awaiting(String what, java.util.function.BooleanSupplier done) {
        if (!cluster.time().until(done, PATIENCE)) {
            history.violationsOnly();
            throw new AssertionError("not within " + PATIENCE + " of virtual time: " + what + "; " + cluster);
        }
    }

    /** All windows of all nodes, once nothing changes any more. */
    private List<Picture> lookEverywhere() {
        List<Picture> pictures = new ArrayList<>();
        int windows = cluster.placement().shards() + 1;
        for (SimulatedHost host : cluster.hosts()) {
            SimulatedNode node = java.util.Objects.requireNonNull(host.node());
            for (int window = 0; window < windows; window++) {
                look(node, window, pictures);
            }
        }
        awaiting(
                "every node shows all of its windows",
                () -> pictures.size() == windows * cluster.hosts().size());
        return pictures;
    }

    private void look(SimulatedNode node, int window, List<Picture> pictures) {
        node.run(() -> node.reach(window, seen -> {
            if (seen.isEmpty()) {
                look(node, window, pictures);
                return;
            }
            pictures.add(new Picture(node.name(), window, seen.get()));
            if (window == cluster.placement().shards()) {
                Map<String, Long> objects = new HashMap<>();
                seen.get().objects().all().forEach(object -> objects.put(name(object.key()), object.version()));
                history.listed(node.name(), "", seen.get().version(), objects);
            }
        }));
    }

    private static String name(ResourceKey key) {
        return SimulatedObjects.name(key);
    }

    private void tellWhatIsStored() {
        for (int shard = 0; shard < cluster.placement().shards(); shard++) {
            ShardState state = ShardState.EMPTY;
            for (SimulatedStore.Stored stored : cluster.store().all(shard)) {
                history.owned("" + shard, stored.writer());
                for (Change change : stored.event().changes(state)) {
                    String type = change.before() == null ? "ADDED" : change.after() == null ? "DELETED" : "MODIFIED";
                    history.stored(type, name(change.key()), change.version());
                    lastVersions.merge(scopeOf(change.key()), change.version(), Math::max);
                    events++;
                }
                state = state.after(stored.event());
            }
            states.add(state);
        }
    }

    private static String scopeOf(ResourceKey key) {
        return key.type().plural() + "/" + key.namespace() + "/";
    }

    private long lastOf(String scope) {
        return lastVersions.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(scope))
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
    }

    private List<Resource> everything() {
        List<Resource> all = new ArrayList<>();
        states.forEach(state -> state.objects().all().forEach(all::add));
        return all;
    }

    /** What writers have numbered, by object. */
    private Map<String, Integer> present() {
        Map<String, Integer> present = new TreeMap<>();
        for (Resource object : everything()) {
            int number = SimulatedWriter.number(object);
            if (number != History.ABSENT
                    && SimulatedObjects.PLURALS.contains(object.key().type().plural())) {
                present.put(name(object.key()), number);
            }
        }
        return present;
    }

    /** All of them, byte for byte. */
    private void replicasEqualShards(List<Picture> pictures) {
        List<Resource> everything = everything();
        everything.sort(Comparator.comparing(Resource::key));
        for (Picture picture : pictures) {
            List<Resource> held = new ArrayList<>();
            picture.view().objects().all().forEach(held::add);
            List<Resource> expected = new ArrayList<>(everything);
            if (picture.window() < states.size()) {
                expected.clear();
                states.get(picture.window()).objects().all().forEach(expected::add);
            }
            if (!held.equals(expected)) {
                assertThat(held)
                        .as("window " + picture.window() + " of " + picture.node())
                        .isEqualTo(expected);
            }
        }
    }

    private void addressesAreUnique() {
        Map<String, Grant> owners = new HashMap<>();
        for (Resource object : everything()) {
            for (Grant grant : Allocations.heldBy(object)) {
                String what = grant.claim().pool() + "/" + grant.value();
                Grant other = owners.put(what, grant);
                if (other != null) {
                    throw new AssertionError(what + " is held by "
                            + other.claim().owner() + " and by " + grant.claim().owner());
                }
                Resource granted = states.get(cluster.placement().allocationShard())
                        .objects()
                        .get(new ResourceKey(Allocations.GRANTS, "", what));
                if (granted == null
                        || !Allocations.grant(granted).claim().owner().equals(object.key())) {
                    throw new AssertionError(what + " of " + object.key() + " is granted to "
                            + (granted == null
                                    ? "nobody"
                                    : Allocations.grant(granted).claim().owner()));
                }
            }
        }
    }
}
