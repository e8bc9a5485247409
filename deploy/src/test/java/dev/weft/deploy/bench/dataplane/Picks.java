package dev.weft.deploy.bench.dataplane;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.Balancer;
import dev.weft.proxy.balance.ClientKey;
import dev.weft.proxy.balance.Hashing;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.TargetPool;
import dev.weft.proxy.balance.TargetSet;
import dev.weft.proxy.selection.Candidate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What a pick of each algorithm costs among 1,000 endpoints, time and memory, by JMH in a process of its own for each; and
 * what the table of consistent-hash costs and moves.
 */
final class Picks {
    static final int ENDPOINTS = 1_000;
    private static final int LEAVERS = 20;
    private static final double BAR_NANOS = 50;
    private static final double BAR_BUILD_MILLIS = 5;
    private static final double BAR_MOVED = 2.5;

    private Picks() {}

    static boolean run() throws RunnerException {
        BalanceSettings settings = PickBenchmark.settings();
        boolean held = maglev(settings, new TargetPool(settings).update(alike(ENDPOINTS)));
        Options options = new OptionsBuilder()
                .include(PickBenchmark.class.getName() + "\\.")
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .build();
        Map<String, Map<String, RunResult>> results = new TreeMap<>();
        for (RunResult result : new Runner(options).run()) {
            results.computeIfAbsent(result.getParams().getParam("algorithm"), first -> new TreeMap<>())
                    .put(result.getPrimaryResult().getLabel(), result);
        }
        System.out.println(
                "algorithm                 ns a pick (bar 50)  +-    bytes a pick (bar 0)   ns with opening and closing");
        for (Algorithm algorithm : Algorithm.values()) {
            held &= print(algorithm, results.getOrDefault(algorithm.name(), Map.of()));
        }
        return held;
    }

    private static boolean print(Algorithm algorithm, Map<String, RunResult> results) {
        RunResult pick = results.get("pick");
        RunResult whole = results.get("pickOpenAndClose");
        if (pick == null || whole == null) {
            System.out.printf("%-24s  JMH has no result%n", algorithm.label());
            return false;
        }
        Result<?> nanos = pick.getPrimaryResult();
        double bytes = pick.getSecondaryResults().get("gc.alloc.rate.norm").getScore();
        System.out.printf(
                Locale.ROOT,
                "%-24s  %10.1f  %10.1f   %14.3f  %14.1f%n",
                algorithm.label(),
                nanos.getScore(),
                nanos.getScoreError(),
                bytes,
                whole.getPrimaryResult().getScore());
        return nanos.getScore() < BAR_NANOS && bytes < 0.1;
    }

    private static boolean maglev(BalanceSettings settings, TargetSet targets) {
        double[] millis = new double[30];
        Balancer empty = Algorithm.CONSISTENT_HASH.balancer(settings, 1);
        Balancer table = empty;
        for (int build = 0; build < millis.length; build++) {
            long start = System.nanoTime();
            table = empty.over(targets);
            millis[build] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(millis);
        int keys = 200_000;
        long moved = 0;
        for (int leaver = 0; leaver < LEAVERS; leaver++) {
            List<Target> stay = new ArrayList<>(targets.asList());
            stay.remove(leaver * (ENDPOINTS / LEAVERS));
            Balancer less = empty.over(new TargetSet(stay));
            for (int key = 0; key < keys; key++) {
                ClientKey client = client(key);
                moved += table.pick(client, 0) == less.pick(client, 0) ? 0 : 1;
            }
        }
        double share = (double) moved / LEAVERS / keys * ENDPOINTS;
        System.out.printf(
                Locale.ROOT,
                "maglev of %d entries for %d endpoints: built in %.2f ms (bar %.0f), one that leaves moves %.2f/N of the"
                        + " keys (bar %.1f)%n",
                settings.maglevTableSize(),
                ENDPOINTS,
                millis[millis.length / 2],
                BAR_BUILD_MILLIS,
                share,
                BAR_MOVED);
        return millis[millis.length / 2] < BAR_BUILD_MILLIS && share <= BAR_MOVED;
    }

    private static List<Candidate> alike(int count) {
        return candidates(count).stream()
                .map(candidate -> candidate.weighing(1))
                .toList();
    }

    static ClientKey client(int number) {
        return new ClientKey(Hashing.mix(number), (int) Hashing.mix(number));
    }

    static List<Candidate> candidates(int count) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String address = "10.0." + (number >> 8) + "." + (number & 255);
            candidates.add(new Candidate(
                    address, 80, "", "/uid-" + number, true, true, false, false, Set.of(), Set.of(), 1 + number % 5));
        }
        return candidates;
    }
}
