package dev.weft.registry.shard;

import dev.weft.registry.journal.StorageException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Refuses what the store has no room for before it is decided. A write that fails costs the shard more: what it holds is
 * loaded again, and whoever reads waits for that.
 */
final class StoreRoom {
    private final int shard;
    private final Supplier<Optional<StorageException>> lack;

    /** @param lack why the store takes nothing in; empty if it does. Must not block. */
    StoreRoom(int shard, Supplier<Optional<StorageException>> lack) {
        this.shard = shard;
        this.lack = lack;
    }

    /** Whether the command was answered here, since there is no room for what it would store. */
    boolean refuses(ShardCommand command) {
        if (!stores(command)) {
            return false;
        }
        Optional<StorageException> full = lack.get();
        full.ifPresent(cause -> ShardReplies.refuse(command, ShardReplies.storeFailed(shard, cause)));
        return full.isPresent();
    }

    private static boolean stores(ShardCommand command) {
        if (command instanceof ShardCommand.Submit submit) {
            return !submit.write().options().dryRun();
        }
        if (command instanceof ShardCommand.Allocate allocate) {
            return !allocate.dryRun();
        }
        return command instanceof ShardCommand.Derive || command instanceof ShardCommand.Release;
    }
}
