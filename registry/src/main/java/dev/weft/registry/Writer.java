package dev.weft.registry;

import dev.weft.registry.allocation.Claim;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.shard.ShardCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Brings writes to the shards of their objects, with the addresses and ports that they turn out to need. */
final class Writer {
    private final Shards shards;
    private final Placement placement;
    private final RegistrySettings settings;

    Writer(Shards shards, Placement placement, RegistrySettings settings) {
        this.shards = shards;
        this.placement = placement;
        this.settings = settings;
    }

    /** Carries out one write: once this completes with {@link Write.Outcome.Done} it is on disk. */
    CompletionStage<Write.Outcome> write(Write write) {
        return submit(write, List.of(), null, 0);
    }

    /**
     * Claims addresses or ports durably.
     *
     * @param after the version of the owner's shard, after all that happened to the owner so far
     */
    CompletionStage<ShardCommand.Allocated> allocate(List<Claim> claims, long after, boolean dryRun) {
        return shards.ask(
                placement.allocationShard(),
                replyTo -> new ShardCommand.Allocate(claims, after, dryRun, replyTo),
                settings.writeTimeout());
    }

    private CompletionStage<Write.Outcome> submit(
            Write write, List<Grant> grants, ShardCommand.@Nullable Prepared prepared, int round) {
        CompletionStage<ShardCommand.Submitted> asked = shards.ask(
                placement.shardOf(write.key()),
                replyTo -> new ShardCommand.Submit(write, grants, prepared, replyTo),
                settings.writeTimeout());
        return asked.thenCompose(submitted -> submitted instanceof ShardCommand.Submitted.Decided decided
                        ? CompletableFuture.completedStage(decided.outcome())
                        : claim(write, grants, (ShardCommand.Submitted.Unallocated) submitted, round))
                .exceptionally(late -> refused(Refusal.timeout(
                        "the write to " + write.key() + " was not confirmed within "
                                + settings.writeTimeout().toMillis()
                                + " ms: it may or may not have been carried out",
                        0)));
    }

    private CompletionStage<Write.Outcome> claim(
            Write write, List<Grant> grants, ShardCommand.Submitted.Unallocated missing, int round) {
        if (round >= settings.claimRounds()) {
            return CompletableFuture.completedStage(refused(Refusal.of(
                    Refusal.Reason.ServerTimeout,
                    write.key(),
                    write.key() + ": no addresses that fit after " + round + " attempts; try again")));
        }
        return allocate(missing.wanted(), missing.version(), write.options().dryRun())
                .thenCompose(allocated -> {
                    if (allocated instanceof ShardCommand.Allocated.Denied denied) {
                        return CompletableFuture.completedStage(refused(denied.refusal()));
                    }
                    List<Grant> all = new ArrayList<>(grants);
                    all.addAll(((ShardCommand.Allocated.Granted) allocated).grants());
                    return submit(write, all, missing.prepared(), round + 1);
                });
    }

    private static Write.Outcome refused(Refusal refusal) {
        return new Write.Outcome.Refused(refusal);
    }
}
