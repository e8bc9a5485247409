package dev.weft.proxy.balance;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * {@code hash(client) * n / 2^32} over the targets in order of identity: a client keeps its target while the set stays
 * as it is, on every node alike, in the kernel and here: hash and order are those of the kernel's rules. A change of the set
 * moves most clients; {@link MaglevTable} moves few.
 */
final class SourceHash implements Balancer {
    private static final Comparator<Target> ORDER =
            Comparator.comparing(Target::identity).thenComparing(Target::authority);

    private final TargetSet targets;
    private final Target[] sorted;

    SourceHash(TargetSet targets) {
        this.targets = targets;
        this.sorted = targets.asList().toArray(Target[]::new);
        Arrays.sort(sorted, ORDER);
    }

    @Override
    public @Nullable Target pick(ClientKey client, long nowNanos) {
        return sorted.length == 0 ? null : sorted[KernelHash.reduce(client.kernelHash(), sorted.length)];
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
