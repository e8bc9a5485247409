package dev.weft.api;

import dev.weft.registry.RegistryNode;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Dropped watches, over the real registry,")
class DroppedWatchesIT extends DroppedWatches {
    @Override
    TestBacking backing(Path directory) {
        return new RealBacking(directory, "");
    }

    @Override
    int watchers() {
        return ((RegistryNode) server().backing.registry())
                .openWatches()
                .toCompletableFuture()
                .join();
    }
}
