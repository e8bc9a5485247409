package dev.weft.api;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Dropped watches, over a registry in memory,")
class DroppedWatchesInMemoryIT extends DroppedWatches {
    @Override
    TestBacking backing(Path directory) {
        return new InMemoryBacking("");
    }

    @Override
    int watchers() {
        return server().inMemory().watchers();
    }
}
