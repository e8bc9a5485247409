package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.RoundTripBounds;
import dev.weft.proxy.balance.SlowStart;
import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One data plane on loopback with its backends; set what a test is about, then {@link #start}. */
final class Rig implements AutoCloseable {
    static final ServiceKey WEB = ServiceKey.service("default", "web");
    static final String VIP = "127.96.8.1";

    private final boolean nativeTransport;
    private final List<AutoCloseable> closing = new ArrayList<>();
    private @Nullable DataPlane plane;
    ConnectionLimits limits = new ConnectionLimits(10_000, 10_000, 10_000, 10_000);
    ConnectSettings connecting = new ConnectSettings(Duration.ofSeconds(30), 3, 1, 100);
    Duration idleTimeout = Duration.ZERO;
    OutlierSettings outlier = OutlierSettings.OFF;
    SlowStart slowStart = SlowStart.OFF;
    Duration drain = Duration.ofSeconds(5);
    Duration lameDuck = Duration.ofSeconds(150);
    UdpSettings udp = new UdpSettings(Duration.ofHours(1), 1_000);
    LongSupplier nanos = System::nanoTime;
    boolean splice = true;
    boolean accessLog;

    @Nullable
    CheckMeans checking;

    Rig(boolean nativeTransport) {
        this.nativeTransport = nativeTransport;
    }

    TestBackend backend(int number, TestBackend.Script script) throws IOException {
        TestBackend backend = new TestBackend("127.80.8." + number, script);
        closing.add(backend);
        return backend;
    }

    static Candidate candidate(String address, int port) {
        return new Candidate(address, port, "", "/" + address, true, true, false, false, Set.of(), Set.of(), 1);
    }

    static ListenerPlan plan(int port, List<Candidate> candidates) {
        return new ListenerPlan(new ListenerKey(VIP, port, Protocol.TCP), candidates, null, null);
    }

    static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(VIP, 0));
            return probe.getLocalPort();
        }
    }

    /** The port of a listener that leads to these. */
    int start(TestBackend... backends) throws IOException {
        List<Candidate> candidates = new ArrayList<>();
        for (TestBackend backend : backends) {
            candidates.add(candidate(backend.address(), backend.port()));
        }
        int port = freePort();
        apply(WEB, plan(port, candidates));
        return port;
    }

    void apply(ServiceKey service, ListenerPlan... plans) {
        DataPlane running = plane();
        running.apply(service, List.of(plans));
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> running.status().stream().allMatch(status -> status.state() == BindState.BOUND));
    }

    DataPlane plane() {
        DataPlane running = plane;
        if (running == null) {
            running = new DataPlane(
                    settings(),
                    new BalanceSettings(
                            Algorithm.ROUND_ROBIN,
                            Duration.ofSeconds(10),
                            65_537,
                            160,
                            1.25,
                            8,
                            1_024,
                            1_000,
                            outlier,
                            slowStart,
                            140,
                            RoundTripBounds.USUAL),
                    nanos,
                    new SplittableRandom(1),
                    checking);
            assertThat(running.transportName()).isEqualTo(nativeTransport ? "epoll" : "nio");
            plane = running;
        }
        return running;
    }

    /** Takes over from another rig; what is applied binds nothing that the other has bound. */
    void inherit(Path socket) throws Exception {
        plane().inherit(socket).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    /** Relieves the one before, and waits for the next. */
    CompletableFuture<Void> succeed(Path socket) throws Exception {
        CompletableFuture<Void> relieved = new CompletableFuture<>();
        Runnable end = plane().succeed(socket, () -> relieved.complete(null))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        closing.add(end::run);
        return relieved;
    }

    private DataPlaneSettings settings() {
        return new DataPlaneSettings(
                List.of("127.0.0.1"),
                2,
                nativeTransport,
                new BulkSettings(splice, 512 << 10, 16 << 20),
                1024,
                limits,
                connecting,
                new KeepAlive(Duration.ofSeconds(60), Duration.ofSeconds(15), 4),
                idleTimeout,
                32 << 10,
                64 << 10,
                drain,
                lameDuck,
                Duration.ofSeconds(2),
                Duration.ofMillis(20),
                Duration.ofMillis(200),
                accessLog,
                udp,
                List.of());
    }

    ListenerStatus status() {
        return plane().status().get(0);
    }

    void awaitNoConnections() {
        await().until(() -> plane().openConnections() == 0);
        assertThat(plane().status())
                .allSatisfy(listener -> assertThat(listener.endpoints())
                        .allSatisfy(endpoint -> assertThat(endpoint.open()).isZero()));
    }

    static Socket connect(int port) throws IOException {
        return connect(port, 0);
    }

    /** @param window the receive buffer asked for (bytes); 0 for the kernel's choice */
    static Socket connect(int port, int window) throws IOException {
        Socket socket = new Socket();
        if (window > 0) {
            socket.setReceiveBufferSize(window);
        }
        socket.connect(new InetSocketAddress(VIP, port), 60_000);
        socket.setSoTimeout(60_000);
        return socket;
    }

    /** One byte there and back. */
    static void ask(Socket socket) throws IOException {
        socket.getOutputStream().write(7);
        assertThat(socket.getInputStream().read()).isEqualTo(7);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : closing) {
            each.close();
        }
        plane().stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        assertThat(plane().openConnections()).as("connections left").isZero();
    }
}
