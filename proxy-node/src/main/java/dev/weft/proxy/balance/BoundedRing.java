package dev.weft.proxy.balance;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ring hash with bounded loads: the first target clockwise from the client's hash that has fewer than
 * {@code max(floor, c * (open + 1) * W_i / sum(W))} open connections, where open is the sum over all targets. While no
 * target has as many as the floor, the ring alone decides, and all who know the same targets agree on a client. When one of
 * n targets leaves, only its clients move (and those that the bound sends on). With p points for each target its part of the
 * clients is {@code 1/n} with a relative deviation of about {@code 1 / sqrt(p)}.
 *
 * <p>A pick looks at one place of memory, and then at the target: points lie where their hash says they would in a table
 * with a little room to spare, or a step or two later; free places repeat the next point.
 *
 * @see <a href="https://arxiv.org/abs/1608.01350">Mirrokni, Thorup, Zadimoghaddam 2016</a>
 */
final class BoundedRing implements Balancer {
    /** The heaviest target gets so many times the points of weight 1 at most: memory stays bounded. */
    private static final double MOST_POINTS = 10;

    /** A point is 43 bits of hash, so that it is positive, above the number of its owner. */
    private static final int OWNER_BITS = 20;

    /** Places that a pick looks at together. */
    private static final int LOOKED_AT = 4;

    private static final int HASH_BITS = 63 - OWNER_BITS;
    private static final long OWNER = (1L << OWNER_BITS) - 1;

    private final TargetSet targets;
    private final int pointsPerWeight;
    private final double bound;
    private final int floor;
    private final Target[] owners;
    /** Points in rising order, the last one after every hash and of the owner of the first; see {@link #place}. */
    private final long[] ring;

    private final int slots;
    private final long weightSum;
    private final OpenTotal total;

    /**
     * Puts the targets on a ring.
     *
     * @param targets 1,048,576 at most
     * @param bound c, over 1
     * @param floor open connections below which no target is full (count, from 0)
     */
    BoundedRing(TargetSet targets, int pointsPerWeight, double bound, int floor) {
        this.targets = targets;
        this.pointsPerWeight = pointsPerWeight;
        this.bound = bound;
        this.floor = floor;
        this.owners = targets.byIdentity();
        this.weightSum = Arrays.stream(owners).mapToLong(Target::weight).sum();
        long[] points = points(owners, pointsPerWeight);
        this.slots = points.length + points.length / 4 + 1;
        this.ring = points.length == 0 ? points : laidOut(points, slots);
        this.total = OpenTotal.of(targets);
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        if (ring.length == 0) {
            return null;
        }
        double limit = bound * (total.open() + 1) / weightSum;
        long hash = point(Hashing.mix(client.hash()), 0);
        int start = first(hash);
        int position = start;
        for (int step = 0; step < ring.length; step++) {
            Target target = owner(ring[position]);
            int open = target.open();
            if (open < floor || open < limit * target.weight()) {
                return target;
            }
            position = position + 1 == ring.length ? 0 : position + 1;
        }
        return owner(ring[start]);
    }

    @Override
    public Balancer over(TargetSet next) {
        return new BoundedRing(next, pointsPerWeight, bound, floor);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }

    /** What part of the ring leads to each target, which is its part of the clients while no load goes over the bound. */
    Map<Target, Double> parts() {
        Map<Target, Double> parts = new HashMap<>();
        long before = 0;
        for (long point : ring) { // a repeated point has no arc; the last one has that up to the end of the ring
            long hash = point >>> OWNER_BITS;
            parts.merge(owner(point), Math.scalb((double) (hash - before), -HASH_BITS), Double::sum);
            before = hash;
        }
        return parts;
    }

    /**
     * The first point at the hash or after it. Where it is in the next few places is not to be foreseen, so that nothing is
     * decided by it: the points before it are counted.
     */
    private int first(long hash) {
        int at = place(hash, slots);
        int before = LOOKED_AT;
        while (before == LOOKED_AT) {
            before = isBefore(at, hash) + isBefore(at + 1, hash) + isBefore(at + 2, hash) + isBefore(at + 3, hash);
            at += before;
        }
        return at;
    }

    /** 1 for a point before the hash, 0 for any other: the sign of their difference, since neither is negative. */
    private int isBefore(int at, long hash) {
        return (int) ((ring[at] - hash) >>> (Long.SIZE - 1));
    }

    private Target owner(long point) {
        return owners[(int) (point & OWNER)];
    }

    private static long point(long hash, int owner) {
        return ((hash >>> (Long.SIZE - HASH_BITS)) << OWNER_BITS) | owner;
    }

    /** Where a point or a client's hash would lie, hashes being even. */
    private static int place(long point, int slots) {
        return (int) (((point >>> (Integer.SIZE - 1)) * slots) >>> Integer.SIZE);
    }

    /** Each point at its place, or the first one after it that is free; free places repeat the next point. */
    private static long[] laidOut(long[] sorted, int slots) {
        int end = 0;
        for (long point : sorted) {
            end = Math.max(end, place(point, slots)) + 1;
        }
        long[] ring = new long[Math.max(slots, end) + LOOKED_AT];
        int next = 0;
        for (long point : sorted) {
            int at = Math.max(next, place(point, slots));
            Arrays.fill(ring, next, at + 1, point);
            next = at + 1;
        }
        Arrays.fill(ring, next, ring.length, (Long.MAX_VALUE & ~OWNER) | (sorted[0] & OWNER));
        return ring;
    }

    private static long[] points(Target[] owners, int pointsPerWeight) {
        int maxWeight = 1;
        for (Target target : owners) {
            maxWeight = Math.max(maxWeight, target.weight());
        }
        double scale = Math.min(1, MOST_POINTS / maxWeight);
        int[] counts = new int[owners.length];
        for (int owner = 0; owner < owners.length; owner++) {
            counts[owner] = (int) Math.max(1, Math.round(pointsPerWeight * owners[owner].weight() * scale));
        }
        long[] points = new long[Arrays.stream(counts).sum()];
        int filled = 0;
        for (int owner = 0; owner < owners.length; owner++) {
            for (int number = 0; number < counts[owner]; number++) {
                long hash = Hashing.mix(owners[owner].identityHash() + number * 0x9E3779B97F4A7C15L);
                points[filled++] = point(hash, owner);
            }
        }
        Arrays.sort(points);
        return points;
    }
}
