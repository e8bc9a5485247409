package dev.weft.gossip.spread;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.ClockOffsets;
import dev.weft.gossip.origin.OriginRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How long others' changes took from their commit there to here. Belongs to one owner.
 *
 * <p>A record carries the time of its commit by the clock of its origin. The largest of (stamp - arrival) of that
 * cluster's heartbeats is how far its clock is ahead, less the shortest way; so what is measured is corrected by that,
 * and by half of a round trip for the way. What was committed before this process began does not count: it waited for
 * this process.
 */
final class Convergence {
    private final String self;
    private final ClockOffsets clocks;
    private final Function<String, @Nullable Duration> roundTrips;
    private final Instant started;
    private final long[] counts = new long[ConvergenceReport.BOUNDS_MILLIS.size() + 1];
    private double sumMillis;

    /** @param roundTrips to a cluster; null where none is known */
    Convergence(String self, ClockOffsets clocks, Function<String, @Nullable Duration> roundTrips, Instant started) {
        this.self = self;
        this.clocks = clocks;
        this.roundTrips = roundTrips;
        this.started = started;
    }

    /** Takes in what followers are told. */
    void told(News item, Instant now) {
        if (item instanceof News.OriginChanged changed
                && !changed.origin().cluster().equals(self)) {
            String cluster = changed.origin().cluster();
            Duration offset = clocks.offset(cluster);
            Duration roundTrip = roundTrips.apply(cluster);
            if (offset != null) {
                Duration way = roundTrip == null ? Duration.ZERO : roundTrip.dividedBy(2);
                for (OriginRecord record : changed.records()) {
                    Instant committed =
                            new HybridTimestamp(record.number()).instant().minus(offset);
                    if (committed.isAfter(started)) {
                        add(Duration.between(committed, now).plus(way));
                    }
                }
            }
        }
    }

    private void add(Duration took) {
        double millis = Math.max(0, took.toNanos() / 1e6);
        int bucket = 0;
        while (bucket < ConvergenceReport.BOUNDS_MILLIS.size()
                && millis > ConvergenceReport.BOUNDS_MILLIS.get(bucket)) {
            bucket++;
        }
        counts[bucket]++;
        sumMillis += millis;
    }

    ConvergenceReport report() {
        return new ConvergenceReport(java.util.Arrays.stream(counts).boxed().toList(), sumMillis);
    }
}
