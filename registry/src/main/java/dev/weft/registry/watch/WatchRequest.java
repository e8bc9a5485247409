package dev.weft.registry.watch;

import java.util.OptionalLong;

/**
 * A wish to be told of changes.
 *
 * @param since changes after this version; empty to begin with the present objects as additions
 * @param bookmarks whether {@link WatchEvent.Bookmark}s are wanted at intervals
 * @param initialEventsEnd whether the present objects are followed by a bookmark that says they are complete
 */
public record WatchRequest(
        Collection collection,
        ResourceFilter filter,
        OptionalLong since,
        boolean bookmarks,
        boolean initialEventsEnd) {}
