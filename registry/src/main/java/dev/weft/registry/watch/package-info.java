/**
 * Ordered streams of changes: history window, bookmarks, gone.
 *
 * <p>Who may call: the front door and the API server (requests and events are shared values).
 *
 * <p>What must hold: (1) the events of an object arrive in order, none twice, none missing; (2) an event or bookmark
 * with version R says that every event of that collection with a version of at most R has been delivered; (3) a list's
 * version likewise; (4) a version older than the retained window is refused as expired.
 */
@NullMarked
package dev.weft.registry.watch;

import org.jspecify.annotations.NullMarked;
