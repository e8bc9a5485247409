package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.origin.OriginRecord;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.spread.SimulatedFederation.Disk;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.trust.ClusterIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * One run of everything at once, then quiet; then all must be equal to what the owners hold. Clusters 0 and 1 always come
 * back, so that there is somebody to meet; others may also leave for good, and later come as newcomers.
 *
 * <p>Every payload is made once and says who made it, so that what came back from the dead, or from nobody, shows at any
 * time and not only at the end: each follower is looked at whenever it hears anything.
 */
final class Chaos {
    private static final int SIZE = 6;
    private static final int STEPS = 400;
    private static final int SEEDS_STAY = 2;
    private static final Duration QUIET = Duration.ofSeconds(45);

    private final long seed;
    private final SplittableRandom random;
    private final SimulatedFederation federation;
    private final Disk[] disks = new Disk[SIZE];
    private final Duration[] skews = new Duration[SIZE];
    private final List<Map<String, ByteString>> exported = new ArrayList<>();
    private final Map<Integer, Sim> up = new HashMap<>();
    /** Those that left and are there still, for whoever did not hear it. */
    private final Map<Integer, Sim> alone = new HashMap<>();
    /** What each cluster ever said, by its name and the key: payloads in their order. */
    private final Map<String, List<String>> said = new HashMap<>();

    Chaos(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        federation = new SimulatedFederation(seed).tombstones(Duration.ofSeconds(random.nextInt(2, 60)));
        federation.network.delay(Duration.ofMillis(1), Duration.ofMillis(random.nextInt(2, 80)));
        for (int i = 0; i < SIZE; i++) {
            disks[i] = new Disk();
            exported.add(new HashMap<>());
            skews[i] = skew(i);
            start(i);
        }
    }

    /** One cluster's clock may be up to an hour behind; where a clock is ahead nobody would believe it, by design. */
    private Duration skew(int i) {
        return i == 2 && random.nextBoolean() ? Duration.ofSeconds(-random.nextInt(3_600)) : Duration.ZERO;
    }

    void run() {
        federation.network.faults(random.nextDouble() * 0.3, random.nextDouble() * 0.3);
        for (int step = 0; step < STEPS; step++) {
            act(random.nextInt(SIZE));
            federation.run(Duration.ofMillis(random.nextInt(60)));
            if (step % 20 == 0) {
                up.values().forEach(this::assertNothingForeign);
            }
        }
        federation.network.faults(0, 0);
        for (int i = 0; i < SIZE; i++) {
            disks[i].losing = false;
            for (int j = 0; j < i; j++) {
                cut(i, j, false);
            }
            if (!alone.containsKey(i)) {
                start(i);
            }
        }
        federation.run(QUIET);
        assertQuiet();
    }

    private void assertQuiet() {
        Map<String, String> truth = new TreeMap<>();
        for (int i : up.keySet()) {
            String cluster = name(i);
            exported.get(i).forEach((key, payload) -> truth.put(cluster + "/0/" + key, payload.utf8String()));
        }
        for (Sim process : up.values()) {
            assertThat(process.content()).as(why(process.name)).isEqualTo(truth);
            assertThat(process.heard()).as(why(process.name + "'s follower")).isEqualTo(truth);
            assertNothingForeign(process);
            for (OriginState state : process.core.replica().states()) {
                ClusterIdentity owner =
                        disks[Integer.parseInt(state.id().cluster().substring(1))].identity(
                                state.id().cluster(), random);
                assertThat(state.highest() == 0
                                || state.holds((origin, number, root, seal) -> owner.key()
                                        .signed(
                                                dev.weft.gossip.trust.RecordSigner.message(origin, number, root),
                                                seal)))
                        .as(why(state.id() + " at " + process.name + " is signed by its owner"))
                        .isTrue();
            }
        }
        assertThat(up.values().stream()
                        .map(process -> process.core.replica().contentHash())
                        .distinct())
                .as(why("all are equal"))
                .hasSize(1);
    }

    /** At any time, nobody holds a word that its cluster never said. */
    private void assertNothingForeign(Sim process) {
        for (OriginState state : process.core.replica().states()) {
            for (OriginRecord record : state.live()) {
                ByteString payload = record.payload();
                assertThat(said.getOrDefault(state.id().cluster() + "/" + record.key(), List.of()))
                        .as(why(record.key() + " of " + state.id() + " at " + process.name))
                        .contains(payload == null ? "" : payload.utf8String());
            }
        }
    }

    private String why(String what) {
        return "seed " + seed + ": " + what;
    }

    private static String name(int i) {
        return "c" + i;
    }

    private void start(int i) {
        if (!up.containsKey(i)) {
            Sim before = alone.remove(i);
            if (before != null) {
                before.stop();
            }
            disks[i].losing = false;
            Sim process = federation.skewed(name(i), skews[i], disks[i], "c0", "c1");
            process.core.reset(0, 0, exported.get(i));
            up.put(i, process);
        }
    }

    private void act(int i) {
        Sim process = up.get(i);
        int dice = random.nextInt(100);
        if (process == null) {
            if (dice < 30) {
                start(i);
            }
        } else if (dice < 75) {
            change(i, process);
        } else if (dice < 83) {
            cut(i, random.nextInt(SIZE), random.nextBoolean());
        } else if (dice < 87) {
            divide();
        } else if (dice < 89) {
            cutOneWay(i, random.nextInt(SIZE));
        } else if (dice < 92) {
            disks[i].losing = true;
        } else if (dice < 95) {
            process.crash();
            up.remove(i);
            if (random.nextInt(4) == 0) {
                disks[i] = new Disk();
            }
        } else if (dice < 98 || i < SEEDS_STAY) {
            if (!disks[i].losing) {
                process.stop();
                up.remove(i);
            }
        } else if (!disks[i].losing) {
            leave(i, process);
        }
    }

    /** For good, and goes on alone; who comes under the name later is a new cluster, with a new disk. */
    private void leave(int i, Sim process) {
        process.core.leave();
        alone.put(i, process);
        up.remove(i);
        disks[i] = new Disk();
        exported.get(i).clear();
    }

    /** Halves, or two halves that one cluster bridges, or all together again. */
    private void divide() {
        int kind = random.nextInt(3);
        int bridge = kind == 1 ? random.nextInt(SIZE) : -1;
        for (int i = 0; i < SIZE; i++) {
            for (int j = 0; j < i; j++) {
                boolean apart = i % 2 != j % 2;
                cut(i, j, kind != 2 && apart && i != bridge && j != bridge);
            }
        }
    }

    private void cut(int i, int j, boolean cut) {
        if (i != j) {
            federation.partition(List.of(name(i)), List.of(name(j)), cut);
        }
    }

    private void cutOneWay(int i, int j) {
        if (i != j) {
            federation.network.cut(SimulatedFederation.address(name(i)), SimulatedFederation.address(name(j)));
        }
    }

    private void change(int i, Sim process) {
        String key = "k" + random.nextInt(12);
        if (random.nextInt(3) == 0) {
            exported.get(i).remove(key);
            process.put(0, key, null);
        } else {
            String payload = name(i) + " says " + random.nextLong();
            said.computeIfAbsent(name(i) + "/" + key, first -> new ArrayList<>())
                    .add(payload);
            exported.get(i).put(key, ByteString.fromString(payload));
            process.put(0, key, payload);
        }
    }
}
