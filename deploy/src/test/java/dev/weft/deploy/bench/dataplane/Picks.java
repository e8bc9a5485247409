package dev.weft.deploy.bench.dataplane;

import com.sun.management.ThreadMXBean;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.Balancer;
import dev.weft.proxy.balance.Hashing;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.TargetPool;
import dev.weft.proxy.balance.TargetSet;
import dev.weft.proxy.selection.Candidate;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What a pick of each algorithm costs among 1,000 endpoints: time, and memory; and what Maglev's table costs and moves. */
final class Picks {
    private static final int ENDPOINTS = 1_000;
    private static final int PICKS = 2_000_000;
    private static final int ROUNDS = 7;
    private static final int LEAVERS = 20;
    private static final double BAR_NANOS = 50;
    private static final double BAR_BUILD_MILLIS = 5;
    private static final double BAR_MOVED = 2.5;

    private Picks() {}

    static boolean run() {
        BalanceSettings settings = ProxySettings.from(ConfigFactory.load()).balance();
        TargetSet targets = new TargetPool(settings).update(candidates(ENDPOINTS));
        boolean held = true;
        System.out.println(
                "algorithm                 ns a pick (median, least)   bytes a pick   ns with opening and closing");
        for (Algorithm algorithm : Algorithm.values()) {
            Balancer balancer = algorithm.balancer(settings, 1).over(targets);
            answer(targets);
            double[] nanos = new double[ROUNDS];
            double bytes = 0;
            double[] whole = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                long before = allocated();
                long start = System.nanoTime();
                long sum = pick(balancer, PICKS);
                nanos[round] = (double) (System.nanoTime() - start) / PICKS;
                bytes = (double) (allocated() - before) / PICKS;
                start = System.nanoTime();
                sum += connect(balancer);
                whole[round] = (double) (System.nanoTime() - start) / PICKS;
                if (sum == 42) {
                    System.out.println(); // the picks are used
                }
            }
            Arrays.sort(nanos);
            Arrays.sort(whole);
            held &= nanos[ROUNDS / 2] < BAR_NANOS && bytes < 0.1;
            System.out.printf(
                    Locale.ROOT,
                    "%-24s  %10.1f  %10.1f   %14.3f  %14.1f%n",
                    algorithm.label(),
                    nanos[ROUNDS / 2],
                    nanos[0],
                    bytes,
                    whole[ROUNDS / 2]);
        }
        return maglev(settings, new TargetPool(settings).update(alike(ENDPOINTS))) && held;
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
                long hash = Hashing.mix(key);
                moved += table.pick(hash, 0) == less.pick(hash, 0) ? 0 : 1;
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

    private static long pick(Balancer balancer, int count) {
        long sum = 0;
        for (int number = 0; number < count; number++) {
            Target target = balancer.pick(Hashing.mix(number), number);
            sum += target == null ? 0 : target.weight();
        }
        return sum;
    }

    /** As a proxy does it: what is picked is opened, and closed when 512 others have been. */
    private static long connect(Balancer balancer) {
        Target[] open = new Target[512];
        long sum = 0;
        for (int number = 0; number < PICKS; number++) {
            Target target = balancer.pick(Hashing.mix(number), number);
            int slot = number % open.length;
            if (open[slot] != null) {
                open[slot].closed();
            }
            open[slot] = target;
            if (target != null) {
                target.opened();
                sum += target.weight();
            }
        }
        for (Target target : open) {
            if (target != null) {
                target.closed();
            }
        }
        return sum;
    }

    /** All endpoints have answered, each as fast as another. */
    private static void answer(TargetSet targets) {
        for (int index = 0; index < targets.size(); index++) {
            targets.get(index).latency(1_000_000L + index, 0);
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private static List<Candidate> alike(int count) {
        return candidates(count).stream()
                .map(candidate -> candidate.weighing(1))
                .toList();
    }

    private static List<Candidate> candidates(int count) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            String address = "10.0." + (number >> 8) + "." + (number & 255);
            candidates.add(new Candidate(
                    address, 80, "", "/uid-" + number, true, true, false, false, Set.of(), Set.of(), 1 + number % 5));
        }
        return candidates;
    }
}
