package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.selection.Candidate;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Thousands of connections that end in every bad way; more with {@code -Dweft.bad-ends=100000} (as {@code mvn -pl
 * proxy-node -am verify -Dit.test=BadEndsIT -Dweft.bad-ends=100000}).
 */
@DisplayName("connections that end badly")
@ExtendWith(NoLeaks.class)
@Timeout(3_600)
class BadEndsIT {
    private static final int CONNECTIONS = Integer.getInteger("weft.bad-ends", 2_500);
    private static final int WORKERS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    @DisplayName("leave no socket, pipe, buffer or count behind, whoever ends them and when")
    void leaveNothing(Way way) throws Exception {
        long sockets = OpenFiles.count("socket:");
        long pipes = OpenFiles.count("pipe:");
        try (Rig rig = way.rig()) {
            rig.limits = new ConnectionLimits(1_000, 1_000, 60, 1_000); // some find no room
            List<Candidate> candidates = new ArrayList<>();
            for (TestBackend backend : backends(rig)) {
                candidates.add(Rig.candidate(backend.address(), backend.port()));
            }
            candidates.add(Rig.candidate("127.80.8.99", refusing()));
            int port = Rig.freePort();
            rig.apply(Rig.WEB, Rig.plan(port, candidates));
            int each = (way == Way.JAVA ? CONNECTIONS / 5 : CONNECTIONS) / WORKERS;
            List<Future<?>> clients = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                Random random = new Random(worker);
                clients.add(threads.submit(() -> {
                    for (int number = 0; number < each; number++) {
                        endBadly(port, random);
                    }
                }));
            }
            for (Future<?> client : clients) {
                client.get(1, TimeUnit.HOURS);
            }
            rig.awaitNoConnections();
            assertThat(rig.status().accepted()).isGreaterThanOrEqualTo(each);
        }
        await().untilAsserted(() -> {
            assertThat(OpenFiles.count("socket:")).as("sockets").isLessThanOrEqualTo(sockets);
            assertThat(OpenFiles.count("pipe:")).as("pipes").isLessThanOrEqualTo(pipes);
        });
    }

    private static List<TestBackend> backends(Rig rig) throws IOException {
        return List.of(
                rig.backend(1, TestBackend::echo),
                rig.backend(2, socket -> {}),
                rig.backend(
                        3,
                        socket -> { // a reset, perhaps in the middle
                            socket.getInputStream().read();
                            socket.setSoLinger(true, 0);
                        }),
                rig.backend(
                        4,
                        socket -> { // more than anybody reads
                            for (int piece = 0; piece < 10; piece++) {
                                socket.getOutputStream().write(new byte[100_000]);
                            }
                        }),
                rig.backend(
                        5,
                        socket -> { // ends first, and reads on
                            socket.getOutputStream().write(1);
                            socket.shutdownOutput();
                            socket.getInputStream().readAllBytes();
                        }),
                rig.backend(6, socket -> socket.getInputStream().readAllBytes()));
    }

    private static int refusing() throws IOException {
        try (ServerSocket closed = new ServerSocket(0)) {
            return closed.getLocalPort();
        }
    }

    private static void endBadly(int port, Random random) {
        try (Socket socket = Rig.connect(port, random.nextInt(4) == 0 ? 3_000 : 0)) {
            switch (random.nextInt(8)) {
                case 0 -> socket.setSoLinger(true, 0);
                case 1 -> socket.getOutputStream().write(new byte[random.nextInt(300_000)]);
                case 2 -> {
                    socket.shutdownOutput();
                    socket.setSoLinger(true, 0);
                }
                case 3 -> {
                    socket.getOutputStream().write(new byte[random.nextInt(200_000)]);
                    socket.setSoLinger(true, 0);
                }
                case 4 -> socket.getOutputStream().write(random.nextInt());
                case 5 -> {
                    socket.shutdownOutput();
                    socket.getInputStream().readNBytes(random.nextInt(200_000));
                    socket.setSoLinger(true, random.nextInt(2));
                }
                case 6 -> socket.sendUrgentData(1);
                default -> socket.shutdownOutput();
            }
        } catch (IOException e) {
            // a bad end is what is asked for; what is left tells whether the relay took it well
        }
    }
}
