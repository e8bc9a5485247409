package dev.weft.gossip.spread;

import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.gossip.member.ClockOffsets;
import dev.weft.gossip.member.Node;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far ahead of the clock here others' stamps may be. What is beyond is not believed: it would outlive, or keep out, what
 * its own cluster says later when its clock is right again.
 */
final class FutureBound {
    private final ClockOffsets clocks;
    private final Duration bound;

    FutureBound(ClockOffsets clocks, Duration bound) {
        this.clocks = clocks;
        this.bound = bound;
    }

    /** Whether a stamp is too far ahead to be believed. */
    boolean exceeded(long stamp, Instant now) {
        return new HybridTimestamp(stamp).millis()
                > now.plus(clocks.ahead()).plus(bound).toEpochMilli();
    }

    /** Why a process's word on its time is not believed; null if it is. */
    @Nullable
    String objection(Node node, Instant now) {
        Instant beat = new HybridTimestamp(node.beat()).instant();
        if (beat.isAfter(now)) {
            // Perhaps it is the clock here that is behind: where most say so, they are right.
            clocks.heard(node.id().cluster(), beat, now);
        }
        return exceeded(node.beat(), now)
                ? "the clock of " + node.id() + " is at " + beat + ", here it is " + now + " (expected: at most "
                        + bound + " ahead)"
                : null;
    }

    /** Says how far ahead a stamp is. */
    String describe(String whose, long stamp) {
        return whose + " at " + new HybridTimestamp(stamp).instant() + ", more than " + bound
                + " ahead of the clock here";
    }
}
