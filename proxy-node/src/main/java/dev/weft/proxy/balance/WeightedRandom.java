package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/** Target i with probability {@code W_i / sum(W)}. */
final class WeightedRandom implements Balancer {
    private final TargetSet targets;
    private final Dice dice;
    private final AliasTable table;

    WeightedRandom(TargetSet targets, Dice dice) {
        this.targets = targets;
        this.dice = dice;
        this.table = new AliasTable(targets);
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        return targets.size() == 0 ? null : targets.get(table.draw(dice));
    }

    @Override
    public Balancer over(TargetSet next) {
        return new WeightedRandom(next, dice);
    }

    @Override
    public boolean laysOutShares() {
        return true;
    }

    @Override
    public TargetSet targets() {
        return targets;
    }
}
