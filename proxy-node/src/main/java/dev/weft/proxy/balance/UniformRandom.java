package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/** Each target with probability 1/n. */
final class UniformRandom implements Balancer {
    private final TargetSet targets;
    private final Dice dice;

    UniformRandom(TargetSet targets, Dice dice) {
        this.targets = targets;
        this.dice = dice;
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        return targets.size() == 0 ? null : targets.get(dice.next(targets.size()));
    }

    @Override
    public Balancer over(TargetSet next) {
        return new UniformRandom(next, dice);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }
}
