package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("a data plane that hands its listeners over")
@ExtendWith(NoLeaks.class)
@Timeout(300)
@SuppressWarnings("FutureReturnValueIgnored") // whether a rig is relieved is of interest where it is awaited
class HandoverIT {
    private static final int CALLERS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Path socket = Path.of("unset");

    @BeforeEach
    void prepare() throws IOException {
        socket = Files.createTempDirectory("weft").resolve("handover"); // a short path: the kernel takes 107 bytes
    }

    @AfterEach
    void cleanUp() throws IOException {
        threads.shutdownNow();
        Files.deleteIfExists(socket);
        Files.delete(socket.getParent());
    }

    @Test
    @DisplayName("fails no call, of those that begin meanwhile and of those that go on, and leaves nothing behind")
    void underLoad() throws Exception {
        try (Rig first = new Rig(true);
                Rig second = new Rig(true);
                Rig third = new Rig(true)) {
            TestBackend backend = first.backend(1, TestBackend::echo);
            int port = first.start(backend);
            List<Candidate> candidates = List.of(Rig.candidate(backend.address(), backend.port()));
            CompletableFuture<Void> firstRelieved = first.succeed(socket);
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger calls = new AtomicInteger();
            List<Future<?>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                callers.add(threads.submit(() -> {
                    while (!over.get()) {
                        call(port);
                        calls.incrementAndGet();
                    }
                    return null;
                }));
            }
            try (Socket long_ = Rig.connect(port)) {
                Rig.ask(long_);
                second.inherit(socket);
                second.apply(Rig.WEB, Rig.plan(port, candidates));
                CompletableFuture<Void> secondRelieved = second.succeed(socket);
                firstRelieved.get(60, TimeUnit.SECONDS);
                CompletableFuture<Void> drained =
                        first.plane().drain(Duration.ofMinutes(5)).toCompletableFuture();
                awaitMore(calls, 200);
                Rig.ask(long_);
                assertThat(drained).as("the one before has a connection yet").isNotDone();
                long_.close();
                drained.get(60, TimeUnit.SECONDS);

                third.inherit(socket);
                third.apply(Rig.WEB, Rig.plan(port, candidates));
                third.succeed(socket);
                secondRelieved.get(60, TimeUnit.SECONDS);
                second.plane()
                        .drain(Duration.ofMinutes(5))
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS);
                awaitMore(calls, 200);
            }
            over.set(true);
            for (Future<?> caller : callers) {
                caller.get(120, TimeUnit.SECONDS); // an error of any call would be thrown here
            }
            third.awaitNoConnections();
            third.plane().drain(Duration.ZERO).toCompletableFuture().get(60, TimeUnit.SECONDS);
            try (ServerSocket free = new ServerSocket()) {
                free.bind(new InetSocketAddress(Rig.VIP, port));
            }
        }
    }

    @Test
    @DisplayName("loses no connection that waits in the kernel's queue when a listener closes")
    void queued() throws Exception {
        try (Rig rig = new Rig(true)) {
            TestBackend backend = rig.backend(1, TestBackend::echo);
            int port = rig.start(backend);
            List<Socket> waiting = new ArrayList<>();
            for (int number = 0; number < 200; number++) {
                waiting.add(Rig.connect(port));
            }
            rig.plane().apply(Rig.WEB, List.of());
            for (Socket each : waiting) {
                Rig.ask(each);
                each.close();
            }
            rig.awaitNoConnections();
        }
    }

    @Test
    @DisplayName("answers over UDP what it was asked before, and its successor what comes after")
    void datagrams() throws Exception {
        try (Rig first = new Rig(true);
                Rig second = new Rig(true);
                UdpBackend backend = new UdpBackend("127.80.8.1");
                DatagramSocket client = new DatagramSocket()) {
            int port = Rig.freePort();
            ListenerPlan plan = new ListenerPlan(
                    new ListenerKey(Rig.VIP, port, Protocol.UDP),
                    List.of(Rig.candidate("127.80.8.1", backend.port())),
                    null,
                    null);
            first.apply(Rig.WEB, plan);
            CompletableFuture<Void> relieved = first.succeed(socket);
            client.setSoTimeout(60_000);
            client.connect(new InetSocketAddress(Rig.VIP, port));
            ask(client, "before");
            second.inherit(socket);
            second.apply(Rig.WEB, plan);
            second.succeed(socket);
            relieved.get(60, TimeUnit.SECONDS);
            CompletableFuture<Void> drained =
                    first.plane().drain(Duration.ofMinutes(5)).toCompletableFuture();
            await().until(
                            () -> { // the one before may have taken a last one, and then answers it
                                ask(client, "after");
                                return second.plane().openConnections() == 1;
                            });
            assertThat(drained).isNotDone();
        }
    }

    @Test
    @DisplayName("keeps each client of session affinity on its endpoint, those included that come while both serve")
    void affinity() throws Exception {
        try (Rig first = new Rig(true);
                Rig second = new Rig(true);
                Rig third = new Rig(true)) {
            List<Candidate> candidates = new ArrayList<>();
            for (int number = 1; number <= 5; number++) {
                int name = number;
                TestBackend backend =
                        first.backend(number, socket -> socket.getOutputStream().write(name));
                candidates.add(Rig.candidate(backend.address(), backend.port()));
            }
            ListenerPlan plan = new ListenerPlan(
                    new ListenerKey(Rig.VIP, Rig.freePort(), Protocol.TCP), candidates, null, Duration.ofHours(3));
            int port = plan.key().port();
            first.apply(Rig.WEB, plan);
            CompletableFuture<Void> firstRelieved = first.succeed(socket);
            Map<Integer, Integer> early = endpointsOf(0, 20, port);
            second.inherit(socket);
            Map<Integer, Integer> late = endpointsOf(39, 19, port); // while only the one before serves
            second.apply(Rig.WEB, plan);
            CompletableFuture<Void> secondRelieved = second.succeed(socket);
            firstRelieved.get(60, TimeUnit.SECONDS);
            first.plane().drain(Duration.ofMinutes(5)).toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(endpointsOf(19, -1, port)).isEqualTo(early);
            assertThat(endpointsOf(20, 40, port)).isEqualTo(late);

            third.inherit(socket);
            third.apply(Rig.WEB, plan);
            third.succeed(socket);
            secondRelieved.get(60, TimeUnit.SECONDS);
            second.plane().drain(Duration.ofMinutes(5)).toCompletableFuture().get(60, TimeUnit.SECONDS);
            assertThat(endpointsOf(19, -1, port)).isEqualTo(early);
            assertThat(early.values()).as("all are in use").contains(1, 2, 3, 4, 5);
        }
    }

    /** Who answers clients of these numbers, each at an address of its own, asked upwards or downwards. */
    private static Map<Integer, Integer> endpointsOf(int from, int until, int port) throws IOException {
        Map<Integer, Integer> answered = new HashMap<>();
        for (int number = from; number != until; number += Integer.signum(until - from)) {
            try (Socket client = new Socket()) {
                client.setSoTimeout(60_000);
                client.bind(new InetSocketAddress("127.55.0." + (number + 1), 0));
                client.connect(new InetSocketAddress(Rig.VIP, port), 60_000);
                answered.put(number, client.getInputStream().read());
            }
        }
        return answered;
    }

    @Test
    @DisplayName("is not disturbed by a successor that fails before it serves, nor by a path where nobody is")
    void failedSuccessor() throws Exception {
        try (Rig first = new Rig(true)) {
            first.inherit(socket.resolveSibling("nobody"));
            int port = first.start(first.backend(1, TestBackend::echo));
            CompletableFuture<Void> relieved = first.succeed(socket);
            try (Rig failing = new Rig(true)) {
                failing.inherit(socket);
            }
            for (int number = 0; number < 20; number++) {
                call(port);
            }
            assertThat(relieved).isNotDone();
        }
    }

    private static void call(int port) throws IOException {
        try (Socket client = Rig.connect(port)) {
            Rig.ask(client);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void ask(DatagramSocket client, String question) throws IOException {
        byte[] bytes = question.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        client.send(new DatagramPacket(bytes, bytes.length));
        DatagramPacket answer = new DatagramPacket(new byte[100], 100);
        client.receive(answer);
        assertThat(answer.getLength()).isEqualTo(bytes.length);
    }

    private static void awaitMore(AtomicInteger calls, int more) {
        int before = calls.get();
        await().until(() -> calls.get() >= before + more);
    }
}
