package dev.weft.proxy.balance;

import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Smooth weighted round robin: over each period target i gets exactly {@code W_i / sum(W)} of the picks, spread evenly.
 *
 * <p>The order of one period is laid out beforehand: turn k of target i is due at {@code (k + phase_i) / W_i}, earliest due
 * first, with phases spread by the golden ratio so that light targets do not fall due together. Weights are divided by their greatest common divisor; a period longer than 65,536 is scaled down to that, and
 * shares are then exact to one in 65,536.
 */
final class WeightedRoundRobin implements Balancer {
    private static final int MAX_PERIOD = 65_536;
    private static final double GOLDEN = 0.6180339887498949;

    private final TargetSet targets;
    private final int[] order;
    private final AtomicLong turn;

    WeightedRoundRobin(TargetSet targets, long turn) {
        this.targets = targets;
        this.order = layOut(targets);
        this.turn = new AtomicLong(turn);
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        return order.length == 0
                ? null
                : targets.get(order[(int) Long.remainderUnsigned(turn.getAndIncrement(), order.length)]);
    }

    /** Starts as far into the new period as it was in the old one. */
    @Override
    public Balancer over(TargetSet next) {
        WeightedRoundRobin changed = new WeightedRoundRobin(next, 0);
        if (order.length > 0) {
            long done = Long.remainderUnsigned(turn.get(), order.length);
            changed.turn.set(done * changed.order.length / order.length);
        }
        return changed;
    }

    @Override
    public boolean laysOutShares() {
        return true;
    }

    @Override
    public TargetSet targets() {
        return targets;
    }

    private static int[] layOut(TargetSet targets) {
        int[] turns = turns(targets);
        int period = 0;
        PriorityQueue<Due> queue = new PriorityQueue<>();
        for (int index = 0; index < turns.length; index++) {
            period += turns[index];
            queue.add(new Due(phase(index) / turns[index], index, 0));
        }
        int[] order = new int[period];
        for (int position = 0; position < period; position++) {
            Due due = queue.remove();
            order[position] = due.index;
            int done = due.done + 1;
            if (done < turns[due.index]) {
                queue.add(new Due((done + phase(due.index)) / turns[due.index], due.index, done));
            }
        }
        return order;
    }

    private static double phase(int index) {
        return index * GOLDEN % 1.0;
    }

    private static int[] turns(TargetSet targets) {
        int[] turns = new int[targets.size()];
        int divisor = 0;
        for (int index = 0; index < turns.length; index++) {
            turns[index] = targets.get(index).share();
            divisor = gcd(turns[index], divisor);
        }
        long sum = 0;
        for (int index = 0; index < turns.length; index++) {
            turns[index] /= divisor;
            sum += turns[index];
        }
        if (sum > MAX_PERIOD) {
            for (int index = 0; index < turns.length; index++) {
                turns[index] = (int) Math.max(1, Math.round((double) turns[index] * MAX_PERIOD / sum));
            }
        }
        return turns;
    }

    private static int gcd(int one, int other) {
        return other == 0 ? one : gcd(other, one % other);
    }

    private record Due(double at, int index, int done) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Double.compare(at, other.at);
            return byTime != 0 ? byTime : Integer.compare(index, other.index);
        }
    }
}
