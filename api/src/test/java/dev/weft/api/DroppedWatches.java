package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.ActorRef;
import akka.pattern.Patterns;
import akka.stream.SystemMaterializer;
import akka.stream.impl.ExtendedActorMaterializer;
import akka.stream.impl.StreamSupervisor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand watches that are opened and dropped, in four ways, over one registry or the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DroppedWatches {
    private static final int AT_ONCE = 250;
    private static final int ROUNDS = 10;

    private TestServer server;

    abstract TestBacking backing(Path directory);

    @BeforeAll
    void start(@TempDir Path directory) {
        server = new TestServer(backing(directory));
        // Once, so that all that stays for good is there before anything is counted.
        drop("endpoints", false, true);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Test
    @DisplayName("that close in good order leave nothing behind")
    void closed() {
        leavesNothing("endpoints", false);
    }

    @Test
    @DisplayName("that are torn down by a reset leave nothing behind")
    void reset() {
        leavesNothing("namespaces/default/endpoints", true);
    }

    @Test
    @DisplayName("of a collection that has objects leave nothing behind")
    void withObjects() {
        leavesNothing("namespaces", false);
    }

    @Test
    @DisplayName("that are dropped before they are answered leave nothing behind")
    void hasty() {
        long streams = streams();
        long sockets = sockets();
        for (int round = 0; round < ROUNDS; round++) {
            drop("namespaces", round % 2 == 0, false);
        }
        clean(streams, sockets);
    }

    private void leavesNothing(String collection, boolean reset) {
        long streams = streams();
        long sockets = sockets();
        for (int round = 0; round < ROUNDS; round++) {
            drop(collection, reset, true);
        }
        clean(streams, sockets);
    }

    private void clean(long streams, long sockets) {
        await().atMost(Duration.ofSeconds(60)).until(() -> server.server.openWatches() == 0);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(streams()).as("streams").isLessThanOrEqualTo(streams);
            assertThat(sockets()).as("sockets").isLessThanOrEqualTo(sockets);
            assertThat(watchers()).as("watchers of the registry").isZero();
        });
    }

    /** Watches of the registry that nobody reads any more. */
    abstract int watchers();

    final TestServer server() {
        return server;
    }

    private void drop(String collection, boolean reset, boolean answered) {
        byte[] request = ("GET /api/v1/" + collection + "?watch=true HTTP/1.1\r\nHost: x\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < AT_ONCE; i++) {
                Socket client = new Socket(
                        InetAddress.getLoopbackAddress(),
                        server.server.address().getPort());
                clients.add(client);
                client.getOutputStream().write(request);
            }
            if (answered) {
                for (Socket client : clients) {
                    client.setSoTimeout(20_000);
                    assertThat(client.getInputStream().read()).isEqualTo('H');
                }
                await().until(() -> server.server.openWatches() == AT_ONCE);
            }
            for (Socket client : clients) {
                if (reset) {
                    client.setSoLinger(true, 0);
                }
                client.close();
            }
        } catch (IOException e) {
            throw new AssertionError("a client of the test failed", e);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> server.server.openWatches() == 0);
    }

    /** Streams that run in this actor system, by their actors. */
    private long streams() {
        ActorRef supervisor = ((ExtendedActorMaterializer)
                        SystemMaterializer.get(server.backing.system()).materializer())
                .supervisor();
        Object answer = Patterns.ask(supervisor, StreamSupervisor.GetChildren$.MODULE$, Duration.ofSeconds(30))
                .toCompletableFuture()
                .orTimeout(5, TimeUnit.SECONDS)
                .join();
        return ((StreamSupervisor.Children) answer).children().size();
    }

    /** Sockets that this process has open; 0 where the system does not tell. */
    private static long sockets() {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(DroppedWatches::isSocket).count();
        } catch (IOException e) {
            throw new AssertionError("cannot list " + descriptors, e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            // It was closed in between.
            return false;
        }
    }
}
