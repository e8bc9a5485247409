package dev.weft.proxy.balance;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing by Maglev's lookup table: a client keeps its target on every node alike; when one of n targets
 * leaves, its clients move and at most about as many others; shares are even within 1 % while the table has 100 entries
 * or more for each target. An endpoint that comes back with its identity gets its clients back.
 *
 * <p>Each target walks its own permutation {@code (offset + k * skip) mod M} and takes the next free entry, in turns; a
 * target of weight w takes {@code w / max(W)} as many turns.
 *
 * @see <a href="https://research.google/pubs/pub44824/">Maglev, NSDI 2016, section 3.4</a>
 */
final class MaglevTable implements Balancer {
    private static final long OFFSET_SEED = 0x4F1BBCDCBFA53E0BL;
    private static final long SKIP_SEED = 0x2545F4914F6CDD1DL;

    private final TargetSet targets;
    private final Target[] table;
    private final int size;

    /** @param size a prime number, much greater than the number of targets */
    MaglevTable(TargetSet targets, int size) {
        this.targets = targets;
        this.size = size;
        this.table = targets.size() == 0 ? new Target[0] : fill(targets.byIdentity(), size);
    }

    @Override
    public @Nullable Target pick(long clientKey, long nowNanos) {
        return table.length == 0 ? null : table[Hashing.reduce(Hashing.mix(clientKey), table.length)];
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

    private static Target[] fill(Target[] sorted, int size) {
        int count = sorted.length;
        int[] position = new int[count];
        int[] skip = new int[count];
        double[] credit = new double[count];
        int maxWeight = 1;
        for (int index = 0; index < count; index++) {
            long hash = sorted[index].identityHash();
            position[index] = (int) Long.remainderUnsigned(Hashing.mix(hash ^ OFFSET_SEED), size);
            skip[index] = (int) Long.remainderUnsigned(Hashing.mix(hash ^ SKIP_SEED), size - 1) + 1;
            maxWeight = Math.max(maxWeight, sorted[index].weight());
        }
        int[] owner = new int[size];
        Arrays.fill(owner, -1);
        int filled = 0;
        for (int index = 0; filled < size; index = index + 1 == count ? 0 : index + 1) {
            credit[index] += sorted[index].weight() / (double) maxWeight;
            if (credit[index] < 1) {
                continue;
            }
            credit[index] -= 1;
            int entry = position[index];
            while (owner[entry] >= 0) {
                entry = step(entry, skip[index], size);
            }
            owner[entry] = index;
            position[index] = step(entry, skip[index], size);
            filled++;
        }
        Target[] table = new Target[size];
        for (int entry = 0; entry < size; entry++) {
            table[entry] = sorted[owner[entry]];
        }
        return table;
    }

    private static int step(int entry, int skip, int size) {
        int next = entry + skip;
        return next >= size ? next - size : next;
    }
}
