package dev.weft.api;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The real kubectl, over a registry in memory,")
class KubectlInMemoryIT extends KubectlCommands {
    @Override
    TestBacking backing(Path directory) {
        return new InMemoryBacking("");
    }
}
