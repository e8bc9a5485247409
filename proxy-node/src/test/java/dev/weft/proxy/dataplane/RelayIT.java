package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.net.SocketException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("a relay, on both transports")
@ExtendWith(NoLeaks.class)
@Timeout(300)
class RelayIT {
    private static final int SEEDS = 10;
    private static final int PAIRS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    static Stream<Arguments> seeds() {
        return Stream.of(Way.values())
                .flatMap(way -> IntStream.rangeClosed(1, SEEDS).mapToObj(seed -> Arguments.of(way, seed)));
    }

    /** How one end of a connection behaves, and what it says; both are made from the seed. */
    private record Behaviour(long seed, int bytes, int window, int stallMillis, boolean hearsFirst) {

        static Behaviour of(Random random) {
            int window = random.nextInt(3) == 0 ? 2_048 : 40_000 + random.nextInt(200_000);
            // through a window smaller than loopback's segments the kernel sends by its persist timer: 80 kB in a
            // second
            int bytes = random.nextInt(5) == 0 ? random.nextInt(3) : random.nextInt(2 << 20);
            return new Behaviour(random.nextLong(), bytes, window, random.nextInt(300), random.nextBoolean());
        }

        /** No two that each wait for the other's end, and little for a peer that takes little. */
        Behaviour towards(Behaviour peer) {
            int most = peer.window < 33_000 ? Math.min(bytes, 100_000) : bytes;
            return new Behaviour(seed, most, window, stallMillis, hearsFirst && !peer.hearsFirst);
        }

        byte[] speech() {
            byte[] speech = new byte[bytes];
            new Random(seed).nextBytes(speech);
            return speech;
        }

        void speak(Socket socket) throws IOException {
            byte[] speech = speech();
            Random sizes = new Random(seed);
            for (int sent = 0; sent < speech.length; ) {
                int size = Math.min(speech.length - sent, 1 + sizes.nextInt(150_000));
                socket.getOutputStream().write(speech, sent, size);
                sent += size;
            }
            socket.shutdownOutput();
        }

        byte[] hear(Socket socket) throws IOException {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(stallMillis)); // a late reader is what is tested
            return socket.getInputStream().readAllBytes();
        }

        /** Says its own and half-closes, before or after hearing all of the other. */
        byte[] converse(Socket socket, ExecutorService threads) throws Exception {
            if (hearsFirst) {
                byte[] heard = hear(socket);
                speak(socket);
                return heard;
            }
            Future<?> speaking = threads.submit(() -> {
                speak(socket);
                return null;
            });
            byte[] heard = hear(socket);
            speaking.get(120, TimeUnit.SECONDS);
            return heard;
        }
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("seeds")
    @DisplayName("is byte-exact in both directions at once, whoever half-closes first, reads late or has a tiny window")
    void byteExact(Way way, int seed) throws Exception {
        Random random = new Random(seed);
        for (int pair = 0; pair < PAIRS; pair++) {
            Behaviour any = Behaviour.of(random);
            Behaviour client = Behaviour.of(random).towards(any);
            Behaviour server = any.towards(client);
            CompletableFuture<byte[]> serverHeard = new CompletableFuture<>();
            try (Rig rig = way.rig()) {
                TestBackend backend = rig.backend(1, socket -> {
                    try {
                        socket.setReceiveBufferSize(server.window());
                        serverHeard.complete(server.converse(socket, threads));
                    } catch (Exception e) {
                        serverHeard.completeExceptionally(e);
                    }
                });
                int port = rig.start(backend);
                String what = "seed " + seed + " pair " + pair + ": client " + client + ", server " + server;
                try (Socket socket = Rig.connect(port, client.window())) {
                    byte[] clientHeard = client.converse(socket, threads);
                    assertThat(clientHeard).as(what).isEqualTo(server.speech());
                    assertThat(serverHeard.get(120, TimeUnit.SECONDS)).as(what).isEqualTo(client.speech());
                }
                rig.awaitNoConnections();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("keeps everything for a client that has half-closed and reads only long after the server has closed")
    void longStall(boolean nativeTransport) throws Exception {
        byte[] body = new byte[24 << 20];
        new Random(7).nextBytes(body);
        try (Rig rig = new Rig(nativeTransport)) {
            int port = rig.start(rig.backend(1, socket -> {
                socket.getInputStream().readAllBytes();
                socket.getOutputStream().write(body);
            }));
            try (Socket socket = Rig.connect(port, 40_000)) {
                socket.getOutputStream().write(1);
                socket.shutdownOutput();
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // the stall is what is tested
                assertThat(socket.getInputStream().readAllBytes()).isEqualTo(body);
            }
            rig.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("passes on a reset that comes after a half-close")
    void resetAfterHalfClose(boolean nativeTransport) throws Exception {
        CompletableFuture<Throwable> serverSaw = new CompletableFuture<>();
        CompletableFuture<Void> halfClosed = new CompletableFuture<>();
        try (Rig rig = new Rig(nativeTransport)) {
            int port = rig.start(rig.backend(1, socket -> {
                socket.getInputStream().readAllBytes();
                halfClosed.complete(null);
                try {
                    while (true) {
                        socket.getOutputStream().write(new byte[10_000]);
                    }
                } catch (SocketException e) {
                    serverSaw.complete(e);
                }
            }));
            Socket socket = Rig.connect(port);
            socket.getOutputStream().write(1);
            socket.shutdownOutput();
            halfClosed.get(120, TimeUnit.SECONDS);
            socket.setSoLinger(true, 0);
            socket.close();

            assertThat(serverSaw.get(120, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
            rig.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = true) // Java's selector tells nothing of a socket that nobody reads or writes
    @DisplayName("notices a reset after a half-close even while the server is silent")
    void resetWhileSilent(boolean nativeTransport) throws Exception {
        CompletableFuture<Void> halfClosed = new CompletableFuture<>();
        CompletableFuture<Void> end = new CompletableFuture<>();
        try (Rig rig = new Rig(nativeTransport)) {
            int port = rig.start(rig.backend(1, socket -> {
                socket.getInputStream().readAllBytes();
                halfClosed.complete(null);
                end.join();
            }));
            Socket socket = Rig.connect(port);
            socket.shutdownOutput();
            halfClosed.get(120, TimeUnit.SECONDS);
            assertThat(rig.plane().openConnections()).isEqualTo(1);
            socket.setSoLinger(true, 0);
            socket.close();

            rig.awaitNoConnections();
            end.complete(null);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("passes on that a server closed without reading everything: a reset, no end in good order")
    void serverLeavesUnread(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            int port = rig.start(rig.backend(1, socket -> {
                socket.getInputStream().read();
                socket.getOutputStream().write("too much".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            }));
            try (Socket socket = Rig.connect(port)) {
                assertThatThrownBy(() -> {
                            while (true) {
                                socket.getOutputStream().write(new byte[100_000]);
                            }
                        })
                        .isInstanceOf(SocketException.class);
            }
            rig.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("tells a server that its client closed without reading everything")
    void clientLeavesUnread(boolean nativeTransport) throws Exception {
        CompletableFuture<Throwable> serverSaw = new CompletableFuture<>();
        try (Rig rig = new Rig(nativeTransport)) {
            int port = rig.start(rig.backend(1, socket -> {
                try {
                    while (true) {
                        socket.getOutputStream().write(new byte[100_000]);
                    }
                } catch (SocketException e) {
                    serverSaw.complete(e);
                }
            }));
            Socket socket = Rig.connect(port);
            assertThat(socket.getInputStream().read()).isZero();
            socket.close();

            assertThat(serverSaw.get(120, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
            rig.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    @DisplayName("passes on what comes before, around and after urgent data, which ends a read early")
    void urgentData(Way way) throws Exception {
        try (Rig rig = way.rig()) {
            int port = rig.start(rig.backend(1, TestBackend::echo));
            try (Socket socket = Rig.connect(port)) {
                for (int round = 0; round < 50; round++) {
                    socket.getOutputStream().write(new byte[] {1, 2, 3});
                    socket.sendUrgentData('!'); // out of the stream: it is not passed on
                    socket.getOutputStream().write(new byte[] {4, 5});
                    assertThat(socket.getInputStream().readNBytes(5)).containsExactly(1, 2, 3, 4, 5);
                }
            }
            rig.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    @DisplayName("does not spin over half-closed and stalled connections (Netty's splice did: its pull request 12138)")
    void idle(Way way) throws Exception {
        CompletableFuture<Void> end = new CompletableFuture<>();
        try (Rig rig = way.rig()) {
            int port = rig.start(rig.backend(1, socket -> {
                for (int piece = 0; piece < 200; piece++) {
                    socket.getOutputStream().write(new byte[100_000]);
                }
                end.join();
            }));
            try (Socket stalled = Rig.connect(port, 20_000);
                    Socket halfClosed = Rig.connect(port, 20_000)) {
                assertThat(stalled.getInputStream().read()).isZero();
                halfClosed.shutdownOutput();
                assertThat(halfClosed.getInputStream().read()).isZero();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500)); // what fits into buffers has gone
                long before = loopsCpuNanos();
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // a loop that spins would use this second
                assertThat(TimeUnit.NANOSECONDS.toMillis(loopsCpuNanos() - before))
                        .as("processor time (ms) of the loops while nothing happens")
                        .isLessThan(200);
            }
            end.complete(null);
            rig.awaitNoConnections();
        }
    }

    private static long loopsCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("weft-"))
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getThreadId())))
                .sum();
    }

    @Test
    @DisplayName("takes pipes for what comes in bulk, and gives them back with the last listener")
    void splices() throws Exception {
        long before = pipes();
        try (Rig rig = Way.SPLICED.rig()) {
            int port = rig.start(rig.backend(1, socket -> {
                for (int piece = 0; piece < 100; piece++) {
                    socket.getOutputStream().write(new byte[200_000]);
                }
            }));
            try (Socket socket = Rig.connect(port)) {
                assertThat(socket.getInputStream().readAllBytes()).hasSize(20_000_000);
            }
            assertThat(pipes()).as("pipes with the pool").isGreaterThan(before);
        }
        await().until(() -> pipes() <= before);
    }

    private static long pipes() throws IOException {
        return OpenFiles.count("pipe:");
    }
}
