package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import java.util.List;

/** What a hub tells those in its process who follow everything: for each shard what it holds, then its changes in order. */
public sealed interface HubNews {
    /** Which shard it is about. */
    int shard();

    /** Everything that the shard holds; forget what was known of it. */
    record Held(int shard, ResourceTree objects) implements HubNews {}

    /** What the shard committed next. */
    record Changed(int shard, List<Change> changes) implements HubNews {
        public Changed {
            changes = List.copyOf(changes);
        }
    }
}
