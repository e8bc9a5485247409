package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/**
 * The target with the least {@code (open + 1) / S}, where S is the weight that it has while it starts slowly of all; ties by chance. Looks at every target, so a pick costs their
 * number.
 */
final class LeastConnection implements Balancer {
    private final TargetSet targets;
    private final Dice dice;

    LeastConnection(TargetSet targets, Dice dice) {
        this.targets = targets;
        this.dice = dice;
    }

    @Override
    public @Nullable Target pick(long clientKey, long nowNanos) {
        int size = targets.size();
        if (size == 0) {
            return null;
        }
        int start = dice.next(size);
        Target best = targets.get(start);
        long bestOpen = best.open() + 1L;
        for (int step = 1; step < size; step++) {
            int index = start + step;
            Target next = targets.get(index < size ? index : index - size);
            long open = next.open() + 1L;
            if (open * best.share() < bestOpen * next.share()) {
                best = next;
                bestOpen = open;
            }
        }
        return best;
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
