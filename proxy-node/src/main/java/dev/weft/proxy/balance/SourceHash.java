package dev.weft.proxy.balance;

import org.jspecify.annotations.Nullable;

/**
 * {@code hash(client) * n / 2^32} over the targets in order of identity: a client keeps its target while the set stays
 * as it is, on every node alike. A change of the set moves most clients; {@link MaglevTable} moves few.
 */
final class SourceHash implements Balancer {
    private final TargetSet targets;
    private final Target[] sorted;

    SourceHash(TargetSet targets) {
        this.targets = targets;
        this.sorted = targets.byIdentity();
    }

    @Override
    public @Nullable Target pick(long clientKey, long nowNanos) {
        return sorted.length == 0 ? null : sorted[Hashing.reduce(Hashing.mix(clientKey), sorted.length)];
    }

    @Override
    public Balancer over(TargetSet next) {
        return new SourceHash(next);
    }

    @Override
    public TargetSet targets() {
        return targets;
    }
}
