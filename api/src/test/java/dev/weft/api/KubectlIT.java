package dev.weft.api;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The real kubectl, over the real registry,")
class KubectlIT extends KubectlCommands {
    @Override
    TestBacking backing(Path directory) {
        return new RealBacking(directory, "");
    }
}
