package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/**
 * Draws two different targets and takes the cheaper: by open connections, {@code (open + 1) / W}, or by peak EWMA,
 * {@code latency * (open + 1) / W}. The most loaded target stays within about {@code ln ln n} of the average.
 */
final class PowerOfTwoChoices implements Balancer {
    private final TargetSet targets;
    private final Dice dice;
    private final boolean byLatency;

    PowerOfTwoChoices(TargetSet targets, Dice dice, boolean byLatency) {
        this.targets = targets;
        this.dice = dice;
        this.byLatency = byLatency;
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        int size = targets.size();
        if (size <= 1) {
            return size == 0 ? null : targets.get(0);
        }
        long roll = dice.next(); // its halves are two rolls
        int first = Hashing.reduce(roll, size);
        int second = Hashing.reduce(roll << Integer.SIZE, size - 1);
        Target one = targets.get(first);
        Target other = targets.get(second < first ? second : second + 1);
        if (byLatency) {
            return one.costsAtMost(other, nowNanos) ? one : other;
        }
        long oneLoad = (one.open() + 1L) * other.share();
        long otherLoad = (other.open() + 1L) * one.share();
        return oneLoad <= otherLoad ? one : other;
    }

    @Override
    public Balancer over(TargetSet next) {
        return new PowerOfTwoChoices(next, dice, byLatency);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }

    @Override
    public boolean usesLatency() {
        return byLatency;
    }
}
