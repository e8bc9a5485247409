package dev.weft.registry.watch;

import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;

/** What a watcher hears, in the order of versions. */
public sealed interface WatchEvent {
    /** New, or newly matched by the filter. */
    record Added(Resource object) implements WatchEvent {}

    /** Changed, matched before and after. */
    record Modified(Resource object) implements WatchEvent {}

    /** Gone, or no longer matched; the object is its last matched state with the version of the change. */
    record Deleted(Resource object) implements WatchEvent {}

    /**
     * Nothing up to this version is still to come.
     *
     * @param initialEventsEnd whether it closes the initial additions
     */
    record Bookmark(long version, boolean initialEventsEnd) implements WatchEvent {}

    /** The last event: the watch ends because of this, e.g. expired. */
    record Failed(Refusal refusal) implements WatchEvent {}
}
