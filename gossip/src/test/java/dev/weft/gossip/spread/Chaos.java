package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One run of everything at once, then quiet; then all must be equal to what the owners hold. Clusters 0 and 1 always come
 * back, so that there is somebody to meet; others may also leave for good, and later come as newcomers.
 *
 * <p>All the time a {@link Witness} hears what the followers hear, and looks into what the processes hold.
 *
 * <p>Clocks are off: behind by up to an hour; ahead by less than others take for a fault; or ahead by more, up to an hour.
 * What the last one says of its time is refused and reported, and nobody else is touched by it; when its clock is put right
 * and the time has come that it spoke of, its records are everywhere.
 */
final class Chaos {
    private static final int SIZE = 6;
    private static final int STEPS = 400;
    private static final int SEEDS_STAY = 2;
    private static final Duration QUIET = Duration.ofSeconds(45);
    /** What is equal must stay so. */
    private static final Duration STILL = Duration.ofSeconds(2);
    /** Whose clock may be off by much. */
    private static final int CLOCKLESS = 2;
    /** Whose clock is set forward by a little now and then. */
    private static final int ADJUSTED = 3;

    private static final Duration HOUR = Duration.ofHours(1);

    private final long seed;
    private final SplittableRandom random;
    private final SimulatedFederation federation;
    private final SimulatedDisk[] disks = new SimulatedDisk[SIZE];
    private final List<Map<String, ByteString>> exported = new ArrayList<>();
    private final Map<Integer, Sim> up = new HashMap<>();
    /** Those that left and are there still, for whoever did not hear it. */
    private final Map<Integer, Sim> alone = new HashMap<>();

    private final Witness witness = new Witness(this::why);
    /** Whether a clock is ahead by more than others believe, and from which step on. */
    private final int aheadFrom;

    private Duration adjusted = Duration.ZERO;

    Chaos(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        federation = new SimulatedFederation(seed)
                .tombstones(Duration.ofSeconds(random.nextInt(2, 60)))
                .witnessed(witness::hears);
        federation.network.delay(Duration.ofMillis(1), Duration.ofMillis(random.nextInt(2, 80)));
        // From the first word on, or in the midst; or never.
        aheadFrom = random.nextInt(3) > 0 ? STEPS : random.nextBoolean() ? 0 : random.nextInt(STEPS);
        for (int i = 0; i < SIZE; i++) {
            disks[i] = new SimulatedDisk();
            exported.add(new HashMap<>());
            federation.skew(name(i), skew(i));
            if (i == CLOCKLESS && aheadFrom == 0) {
                federation.skew(name(i), farAhead());
            }
            start(i);
        }
    }

    private Duration skew(int i) {
        if (i != CLOCKLESS || random.nextBoolean()) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(random.nextBoolean() ? -random.nextInt(3_600) : random.nextInt(50));
    }

    private Duration farAhead() {
        return Duration.ofSeconds(random.nextInt(300, 3_600));
    }

    void run() {
        federation.network.faults(random.nextDouble() * 0.3, random.nextDouble() * 0.3);
        for (int step = 0; step < STEPS; step++) {
            if (step == aheadFrom) {
                federation.skew(name(CLOCKLESS), farAhead());
            }
            act(random.nextInt(SIZE));
            federation.run(Duration.ofMillis(random.nextInt(60)));
            if (step % 20 == 0) {
                up.values().forEach(witness::looksInto);
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
        if (aheadFrom < STEPS) {
            assertSettled(cluster -> cluster != CLOCKLESS);
            if (up.containsKey(CLOCKLESS)) {
                assertThat(up.values().stream()
                                .mapToLong(process -> process.core.refused())
                                .sum())
                        .as(why("what was said of the future is counted"))
                        .isPositive();
            }
            // Where it left, its last word was of the future as well: now others can believe it.
            for (int i = 0; i < SIZE; i++) {
                federation.skew(name(i), HOUR);
            }
        }
        assertSettled(cluster -> true);
        assertThat(witness.heard()).isPositive();
    }

    /** After some quiet these clusters are equal in what they hold of each other, and to what the owners hold. */
    private void assertSettled(Predicate<Integer> these) {
        Map<String, String> truth = new TreeMap<>();
        List<Sim> processes = new ArrayList<>();
        up.forEach((i, process) -> {
            if (these.test(i)) {
                processes.add(process);
                exported.get(i).forEach((key, payload) -> truth.put(name(i) + "/0/" + key, payload.utf8String()));
            }
        });
        boolean all = processes.size() == up.size();
        // Of a name that passed to another an origin without live records may be held still, which is no content.
        federation.until(
                () -> processes.stream().allMatch(process -> settled(process, truth, these))
                        && (!all || states(processes).size() == 1),
                QUIET);
        federation.run(STILL);
        for (Sim process : processes) {
            assertThat(of(these, process.content())).as(why(process.name)).isEqualTo(truth);
            assertThat(of(these, process.heard()))
                    .as(why(process.name + "'s follower"))
                    .isEqualTo(truth);
            witness.looksInto(process);
        }
        if (all) {
            assertThat(states(processes)).as(why("all are equal")).hasSize(1);
        }
    }

    /** What differs of all that these hold. */
    private static Set<ByteString> states(List<Sim> processes) {
        return processes.stream()
                .map(process -> process.core.replica().contentHash())
                .collect(Collectors.toSet());
    }

    private boolean settled(Sim process, Map<String, String> truth, Predicate<Integer> these) {
        return of(these, process.content()).equals(truth)
                && of(these, process.heard()).equals(truth);
    }

    private static Map<String, String> of(Predicate<Integer> these, Map<String, String> content) {
        Map<String, String> some = new TreeMap<>(content);
        some.keySet().removeIf(path -> !these.test(path.charAt(1) - '0'));
        return some;
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
            Sim process = federation.start(name(i), disks[i], "c0", "c1");
            long life = process.core.replica().incarnation(name(i));
            witness.lives(new OriginId(name(i), 0, life), disks[i].identity(name(i), federation.random));
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
        } else if (dice < 74) {
            change(i, process);
        } else if (dice < 75) {
            adjusted = adjusted.plusMillis(random.nextInt(4_000));
            federation.skew(name(ADJUSTED), adjusted);
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
                disks[i] = new SimulatedDisk();
            }
        } else if (dice < 98 || i < SEEDS_STAY) {
            if (!disks[i].losing) {
                process.stop();
                up.remove(i);
            }
        } else if (!disks[i].losing && known(i, process)) {
            leave(i, process);
        }
    }

    /**
     * Whether anybody took this cluster for a member yet. Who is none cannot leave: with a new disk, and cut off or with
     * a clock that nobody believes, its key is not known, so nobody can tell its last word from a stranger's; and what is
     * held under its name is of the one before, who never said goodbye, and stays as of any other who is silent.
     */
    private boolean known(int i, Sim process) {
        long life = process.core.replica().incarnation(name(i));
        return up.values().stream()
                .anyMatch(other -> other != process && other.core.replica().incarnation(name(i)) == life);
    }

    /** For good, and goes on alone; who comes under the name later is a new cluster, with a new disk. */
    private void leave(int i, Sim process) {
        process.core.leave();
        alone.put(i, process);
        up.remove(i);
        disks[i] = new SimulatedDisk();
        exported.get(i).keySet().forEach(key -> witness.says(name(i), key, null));
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
            witness.says(name(i), key, null);
            process.put(0, key, null);
        } else {
            String payload = name(i) + " says " + random.nextLong();
            witness.says(name(i), key, payload);
            exported.get(i).put(key, ByteString.fromString(payload));
            process.put(0, key, payload);
        }
    }
}
