package dev.weft.proxy.balance;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing by a lookup table after Maglev: a client keeps its target on every node alike, for the table is a
 * matter of the set alone. An endpoint that comes back with its identity gets its clients back.
 *
 * <p>As in Maglev each target visits the M entries in an order of its own, {@code (offset + k * skip) mod M}. Other than
 * there all walk at once, target i at a pace of W_i, and an entry belongs to whoever comes first; nobody who finds it taken
 * walks on for it. That is exactly even on average, and moves nothing but a leaver's entries, but by chance some get more
 * than others. So the walk is repeated ({@value #ROUNDS} times in all) at paces corrected by what each has got, {@code
 * pace_i *= (wanted_i / got_i) ^ g}. (Maglev's own way to the same end, that everybody takes a free entry in turn, lets a
 * leaver's entries be passed on from one to another: with 65 entries for each of 1,000 targets it moves 6.7 / n.)
 *
 * <p>Disruption: when one of n targets leaves, its clients move and at most 1.5 times as many others, {@code 2.5 / n} in
 * all; with 100 targets 1.3 / n, with 10 1.1 / n. Evenness: with m entries for each target, shares deviate by about
 * {@code 0.25 / sqrt(m)} (relative standard deviation): 3 % with 65, 1 % with 650, 0.3 % with 6,500.
 *
 * @see <a href="https://research.google/pubs/pub44824/">Maglev, NSDI 2016, section 3.4</a>
 */
final class MaglevTable implements Balancer {
    static final int ROUNDS = 3;

    /** How far a correction goes. More is evener and moves more. */
    private static final double GAIN = 0.6;

    /** What a pace may change by at once. */
    private static final double MOST_CORRECTION = 4;

    /** Walks end when an entry has been visited so often on average: one in 400 is left. */
    private static final double VISITS = 6;

    private static final long OFFSET_SEED = 0x4F1BBCDCBFA53E0BL;
    private static final long SKIP_SEED = 0x2545F4914F6CDD1DL;
    private static final long LEAD_SEED = 0x9E3779B97F4A7C15L;
    private static final long UNVISITED = Long.MAX_VALUE;

    private final TargetSet targets;
    private final Target[] table;
    private final int size;

    /** @param size a prime number, much greater than the number of targets */
    MaglevTable(TargetSet targets, int size) {
        this.targets = targets;
        this.size = size;
        this.table = targets.size() == 0 ? new Target[0] : new Walks(targets.byIdentity(), size).table();
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        return table.length == 0 ? null : table[Hashing.reduce(Hashing.mix(client.hash()), table.length)];
    }

    @Override
    public Balancer over(TargetSet next) {
        return new MaglevTable(next, size);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }

    /** What part of the clients each target has. */
    Map<Target, Double> parts() {
        Map<Target, Double> parts = new HashMap<>();
        for (Target target : table) {
            parts.merge(target, 1.0 / table.length, Double::sum);
        }
        return parts;
    }

    /** The making of a table. Only arithmetic that gives the same bits on every machine. */
    private static final class Walks {
        private final Target[] sorted;
        private final int size;
        private final long weightSum;
        private final int[] offset;
        private final int[] skip;
        /** How many entries each visits. */
        private final int[] visits;
        /** A part of a step by which each is ahead of others of the same pace, so that nobody arrives at the same time. */
        private final float[] lead;

        private final double[] pace;
        /** When a walk of pace 1 visits its k-th entry: evenly spread visits, exponential in time, so that shares are W. */
        private final float[] when;
        /** By entry: bits of the first visitor's time, above its index; positive floats sort as their bits do. */
        private final long[] first;

        Walks(Target[] sorted, int size) {
            int count = sorted.length;
            this.sorted = sorted;
            this.size = size;
            this.offset = new int[count];
            this.skip = new int[count];
            this.visits = new int[count];
            this.lead = new float[count];
            this.pace = new double[count];
            this.first = new long[size];
            long sum = 0;
            for (Target target : sorted) {
                sum += target.weight();
            }
            this.weightSum = sum;
            int most = 0;
            for (int index = 0; index < count; index++) {
                long hash = sorted[index].identityHash();
                offset[index] = (int) Long.remainderUnsigned(Hashing.mix(hash ^ OFFSET_SEED), size);
                skip[index] = (int) Long.remainderUnsigned(Hashing.mix(hash ^ SKIP_SEED), size - 1) + 1;
                lead[index] = (Hashing.mix(hash ^ LEAD_SEED) >>> 40) * 0x1p-24f;
                pace[index] = sorted[index].weight();
                visits[index] = (int) Math.min(size, Math.ceil(size * -StrictMath.expm1(-VISITS * share(index))));
                most = Math.max(most, visits[index]);
            }
            this.when = new float[most];
            for (int visit = 0; visit < most; visit++) {
                when[visit] = (float) -StrictMath.log1p(-(visit + 0.5) / size);
            }
        }

        Target[] table() {
            walk();
            for (int round = 1; round < ROUNDS; round++) {
                correct();
                walk();
            }
            Target[] table = new Target[size];
            for (int entry = 0; entry < size; entry++) {
                table[entry] = sorted[owner(visited(entry))];
            }
            return table;
        }

        private double share(int index) {
            return sorted[index].weight() / (double) weightSum;
        }

        private int owner(int entry) {
            return (int) first[entry];
        }

        private void walk() {
            Arrays.fill(first, UNVISITED);
            for (int index = 0; index < sorted.length; index++) {
                float slowness = (float) (1 / pace[index]);
                float ahead = (lead[index] - 0.5f) / size * slowness;
                int entry = offset[index];
                int step = skip[index];
                int last = visits[index];
                for (int visit = 0; visit < last; visit++) {
                    long time = Float.floatToRawIntBits(when[visit] * slowness + ahead);
                    first[entry] = Math.min(first[entry], (time << Integer.SIZE) | index);
                    entry += step;
                    entry = entry >= size ? entry - size : entry;
                }
            }
        }

        /** Whoever has got much compared to others has to lose less of its pace for it. */
        private void correct() {
            int[] got = new int[sorted.length];
            for (int entry = 0; entry < size; entry++) {
                if (first[entry] != UNVISITED) {
                    got[owner(entry)]++;
                }
            }
            for (int index = 0; index < sorted.length; index++) {
                double ratio = size * share(index) / Math.max(1, got[index]);
                double others = Math.max(1.0 / size, 1 - share(index));
                double factor = StrictMath.pow(ratio, GAIN / others);
                pace[index] *= Math.max(1 / MOST_CORRECTION, Math.min(MOST_CORRECTION, factor));
            }
        }

        /** The entry itself, or for one that nobody has visited the first on a walk of its own that somebody has. */
        private int visited(int entry) {
            int at = entry;
            int step = (int) Long.remainderUnsigned(Hashing.mix(entry), size - 1) + 1;
            while (first[at] == UNVISITED) {
                at += step;
                at = at >= size ? at - size : at;
            }
            return at;
        }
    }
}
