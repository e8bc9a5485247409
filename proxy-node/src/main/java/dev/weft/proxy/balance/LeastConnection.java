package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/**
 * The target with the least {@code (open + 1) / S}, where S is its weight, less while it starts slowly; ties by chance.
 * Exact but for connections that open or close at the same instant. A pick costs a look at the root of a tournament,
 * whatever the number of targets; a connection that opens or closes costs its logarithm ({@link LeastLoad}).
 */
final class LeastConnection implements Balancer {
    private final TargetSet targets;
    private final Dice dice;
    private final @Nullable LeastLoad loads;

    LeastConnection(TargetSet targets, Dice dice) {
        this.targets = targets;
        this.dice = dice;
        this.loads = targets.size() == 0 ? null : LeastLoad.of(targets, dice.next());
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        LeastLoad known = loads;
        return known == null ? null : known.least();
    }

    @Override
    public Balancer over(TargetSet next) {
        return new LeastConnection(next, dice);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }
}
