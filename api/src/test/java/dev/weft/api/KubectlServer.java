package dev.weft.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** One server over the real registry, and one kubectl, for all suites that ask for it: started once, ended after the last. */
final class KubectlServer implements BeforeAllCallback {
    private @Nullable Shared shared;

    @Override
    public void beforeAll(ExtensionContext context) {
        shared = context.getRoot()
                .getStore(Namespace.create(KubectlServer.class))
                .getOrComputeIfAbsent("shared", any -> Shared.start(), Shared.class);
    }

    Kubectl kubectl() {
        return Objects.requireNonNull(shared).kubectl;
    }

    TestServer server() {
        return Objects.requireNonNull(shared).server;
    }

    private record Shared(Path directory, TestServer server, Kubectl kubectl) implements AutoCloseable {
        private static Shared start() {
            try {
                Path directory = Files.createTempDirectory("weft-kubectl-");
                TestServer server =
                        new TestServer(new RealBacking(Files.createDirectory(directory.resolve("data")), ""));
                return new Shared(directory, server, new Kubectl(directory, server.url()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
