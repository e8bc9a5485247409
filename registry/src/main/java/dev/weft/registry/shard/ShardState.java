package dev.weft.registry.shard;

import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.ResourceTree;

/**
 * All that a shard knows. Immutable, and cheap to change and to keep: a snapshot is just a reference to it.
 *
 * @param version of the last change; 0 if there was none
 * @param clockFloor see {@link ShardEvent#clockFloor()}
 */
public record ShardState(ResourceTree objects, long version, long clockFloor) {
    /** A new shard. */
    public static final ShardState EMPTY = new ShardState(ResourceTree.EMPTY, 0, 0);

    /** The state after an event. */
    public ShardState after(ShardEvent event) {
        ShardState at = this;
        for (ShardEvent.Entry entry : event.entries()) {
            at = at.with(entry);
        }
        return at.reserving(event.clockFloor());
    }

    /** This state with versions reserved up to a floor. */
    ShardState reserving(long floor) {
        return new ShardState(objects, version, Math.max(clockFloor, floor));
    }

    ShardState with(ShardEvent.Entry entry) {
        Resource after = entry.after();
        return new ShardState(
                after == null ? objects.without(entry.key()) : objects.with(after), entry.version(), clockFloor);
    }
}
