package dev.weft.registry.shard;

import dev.weft.registry.resource.Change;
import dev.weft.registry.watch.ResourceTree;
import java.util.List;

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
        return after(event, event.changes(this));
    }

    /** The same where it is known already what the event changes in this state. */
    ShardState after(ShardEvent event, List<Change> changes) {
        return new ShardState(objects.after(changes), changes.isEmpty() ? version : event.version(), clockFloor)
                .reserving(event.clockFloor());
    }

    /** This state with versions reserved up to a floor. */
    ShardState reserving(long floor) {
        return new ShardState(objects, version, Math.max(clockFloor, floor));
    }
}
