package dev.weft.proxy.balance;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Ring hash with bounded loads: the first target clockwise from the client's hash that has fewer than
 * {@code ceil(c * (open + 1) * W_i / sum(W))} open connections, where open is the sum over all targets (of n targets it is
 * counted once in n/16 picks, so that a pick does not cost their number). When one of n
 * targets leaves, only its clients move (and those that the bound sends on).
 *
 * @see <a href="https://arxiv.org/abs/1608.01350">Mirrokni, Thorup, Zadimoghaddam 2016</a>
 */
final class BoundedRing implements Balancer {
    /** Targets whose open connections are counted for a pick, on average. */
    private static final int COUNTED_AT_ONCE = 16;

    private final TargetSet targets;
    private final int pointsPerWeight;
    private final double bound;
    private final long[] points;
    private final Target[] owners;
    /** By arc, the first point that lies in it or after it. */
    private final int[] index;

    private final int shift;
    private final long weightSum;
    private final int countedEvery;
    private final AtomicInteger sinceCounted;
    private volatile long counted;

    BoundedRing(TargetSet targets, int pointsPerWeight, double bound) {
        this.targets = targets;
        this.pointsPerWeight = pointsPerWeight;
        this.bound = bound;
        this.countedEvery = Math.max(1, targets.size() / COUNTED_AT_ONCE);
        this.sinceCounted = new AtomicInteger(countedEvery);
        long sum = 0;
        int maxWeight = 1;
        for (Target target : targets.asList()) {
            sum += target.weight();
            maxWeight = Math.max(maxWeight, target.weight());
        }
        this.weightSum = sum;
        Point[] ring = ring(targets, pointsPerWeight, maxWeight);
        this.points = new long[ring.length];
        this.owners = new Target[ring.length];
        for (int point = 0; point < ring.length; point++) {
            points[point] = ring[point].hash;
            owners[point] = ring[point].target;
        }
        int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(ring.length));
        this.shift = Long.SIZE - bits;
        this.index = new int[1 << bits];
        int position = 0;
        for (int arc = 0; arc < index.length; arc++) {
            while (position < points.length && arc(points[position]) < arc) {
                position++;
            }
            index[arc] = position;
        }
    }

    @Override
    public @Nullable Target pick(long clientKey, long nowNanos) {
        if (owners.length == 0) {
            return null;
        }
        long open = 1 + openNow();
        int start = first(Hashing.mix(clientKey));
        for (int step = 0; step < owners.length; step++) {
            Target target = owners[(start + step) % owners.length];
            if (target.open() < Math.ceil(bound * open * target.weight() / weightSum)) {
                return target;
            }
        }
        return owners[start % owners.length];
    }

    /** The first point at the hash or after it; hashes lie evenly, so that a look at the index leaves a step or two. */
    private int first(long hash) {
        int position = index[arc(hash)];
        while (position < points.length && points[position] < hash) {
            position++;
        }
        return position;
    }

    /** Which arc of the ring: arcs are of one length, and about as many as points. */
    private int arc(long hash) {
        return (int) ((hash ^ Long.MIN_VALUE) >>> shift);
    }

    /** Counted once in so many picks, and in between as if every pick had opened one and none had closed. */
    private long openNow() {
        int picks = sinceCounted.getAndIncrement();
        if (picks < countedEvery) {
            return counted + picks;
        }
        long open = 0;
        for (int index = 0; index < targets.size(); index++) {
            open += targets.get(index).open();
        }
        counted = open;
        sinceCounted.set(1);
        return open;
    }

    @Override
    public Balancer over(TargetSet next) {
        return new BoundedRing(next, pointsPerWeight, bound);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }

    /** What part of the ring leads to each target, which is its part of the clients while no load goes over the bound. */
    Map<Target, Double> parts() {
        Map<Target, Double> parts = new HashMap<>();
        for (int index = 0; index < points.length; index++) {
            long before = points[index == 0 ? points.length - 1 : index - 1];
            double arc = points.length == 1 ? 1 : unsigned(points[index] - before) / 0x1p64;
            parts.merge(owners[index], arc, Double::sum);
        }
        return parts;
    }

    private static double unsigned(long bits) {
        return (bits >>> 1) * 2.0 + (bits & 1);
    }

    /** The heaviest target gets ten times the points of weight 1 at most: memory stays bounded. */
    private static Point[] ring(TargetSet targets, int pointsPerWeight, int maxWeight) {
        double scale = Math.min(1.0, 10.0 / maxWeight);
        return targets.asList().stream()
                .flatMap(target -> {
                    long count = Math.max(1, Math.round(pointsPerWeight * target.weight() * scale));
                    return LongStream.range(0, count)
                            .mapToObj(number -> new Point(
                                    Hashing.mix(target.identityHash() + number * 0x9E3779B97F4A7C15L), target));
                })
                .sorted()
                .toArray(Point[]::new);
    }

    private record Point(long hash, Target target) implements Comparable<Point> {
        @Override
        public int compareTo(Point other) {
            int byHash = Long.compare(hash, other.hash);
            return byHash != 0 ? byHash : target.identity().compareTo(other.target.identity());
        }
    }
}
