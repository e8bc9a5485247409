package dev.weft.api;

import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** A server over the real registry that can go away and come back: with the same data, at the same address. */
final class RestartableServer implements AutoCloseable {
    private final Path directory;
    private final String overrides;
    private TestServer server;

    /** @param overrides of the configuration */
    RestartableServer(Path directory, String overrides) {
        this.directory = directory;
        this.overrides = overrides;
        server = new TestServer(new RealBacking(directory, overrides));
    }

    /** Where it stands now; another one after each restart. */
    TestServer now() {
        return server;
    }

    String url() {
        return server.url();
    }

    /** Stops everything, runs something while nobody answers, and starts again. */
    void restart(Runnable meanwhile) {
        int port = server.server.address().getPort();
        server.close();
        meanwhile.run();
        // The port may be lent to somebody for a moment.
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> {
                    server = new TestServer(new RealBacking(directory, overrides), port);
                    return true;
                });
    }

    @Override
    public void close() {
        server.close();
    }
}
