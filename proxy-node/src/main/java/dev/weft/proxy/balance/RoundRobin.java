package dev.weft.proxy.balance;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Each target in turn, one turn order for all threads: any run of picks gives counts that differ by at most 1. Over a
 * change of the set it goes on with the target that was next, or the next one that is still there.
 */
final class RoundRobin implements Balancer {
    private final TargetSet targets;
    private final AtomicLong turn;

    RoundRobin(TargetSet targets, long turn) {
        this.targets = targets;
        this.turn = new AtomicLong(turn);
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        int size = targets.size();
        return size == 0 ? null : targets.get((int) Long.remainderUnsigned(turn.getAndIncrement(), size));
    }

    @Override
    public Balancer over(TargetSet next) {
        int size = targets.size();
        int from = size == 0 ? 0 : (int) Long.remainderUnsigned(turn.get(), size);
        for (int step = 0; step < size; step++) {
            int position = next.asList().indexOf(targets.get((from + step) % size));
            if (position >= 0) {
                return new RoundRobin(next, position);
            }
        }
        return new RoundRobin(next, 0);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }
}
