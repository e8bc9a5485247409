package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.dataplane.ListenerStatus.EndpointStatus;
import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.LocalityTier;
import dev.weft.proxy.view.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the data plane, with endpoints that fail, on both transports")
@ExtendWith(NoLeaks.class)
@Timeout(300)
class OutlierIT {
    private static OutlierSettings ejecting(Duration base) {
        return new OutlierSettings(3, base, Duration.ofHours(2), 50, 30);
    }

    private static int askAll(int port, int times) throws IOException {
        int failed = 0;
        for (int time = 0; time < times; time++) {
            try (Socket socket = Rig.connect(port)) {
                Rig.ask(socket);
            } catch (IOException e) {
                failed++;
            }
        }
        return failed;
    }

    private static EndpointStatus endpoint(Rig rig, String authority) {
        return rig.status().endpoints().stream()
                .filter(endpoint -> endpoint.address().equals(authority))
                .findFirst()
                .orElseThrow();
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("asks one that refuses no more than three times, and no client sees it")
    void refusing(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.outlier = ejecting(Duration.ofHours(1));
            TestBackend good = rig.backend(1, TestBackend::echo);
            int dead;
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.80.8.9"))) {
                dead = probe.getLocalPort();
            }
            int port = Rig.freePort();
            rig.apply(
                    Rig.WEB,
                    Rig.plan(
                            port,
                            List.of(Rig.candidate("127.80.8.9", dead), Rig.candidate(good.address(), good.port()))));
            assertThat(askAll(port, 30)).as("clients that failed").isZero();
            EndpointStatus out = endpoint(rig, "127.80.8.9:" + dead);
            assertThat(out.ejected()).isTrue();
            assertThat(out.failures()).isEqualTo(3);
            assertThat(out.ejections()).isEqualTo(1);
            assertThat(good.accepted()).isEqualTo(30);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("asks one that resets before its first byte no more than three times")
    void resetting(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.outlier = ejecting(Duration.ofHours(1));
            TestBackend bad = rig.backend(1, socket -> {
                socket.getInputStream().read();
                reset(socket);
            });
            TestBackend good = rig.backend(2, TestBackend::echo);
            int port = rig.start(bad, good);
            assertThat(askAll(port, 30)).as("clients that failed").isEqualTo(3);
            assertThat(bad.accepted()).isEqualTo(3);
            assertThat(endpoint(rig, bad.address() + ":" + bad.port()).ejected())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("does not blame an endpoint for resets after its first byte, nor for what clients do")
    void notItsFault(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.outlier = ejecting(Duration.ofHours(1));
            TestBackend answering = rig.backend(1, socket -> {
                int said = socket.getInputStream().read();
                if (said >= 0) {
                    socket.getOutputStream().write(said);
                    socket.getInputStream().read();
                    reset(socket);
                }
            });
            int port = rig.start(answering, rig.backend(2, TestBackend::echo));
            for (int number = 0; number < 20; number++) {
                Socket socket = Rig.connect(port);
                if (number % 2 == 0) {
                    Rig.ask(socket);
                    socket.getOutputStream().write(1);
                }
                reset(socket);
            }
            rig.awaitNoConnections();
            assertThat(rig.status().endpoints())
                    .allSatisfy(endpoint -> assertThat(endpoint.failures()).isZero());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("leads near, and farther when what is near fails, and no client sees it")
    void overflowing(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.outlier = ejecting(Duration.ofHours(1));
            TestBackend near = rig.backend(1, TestBackend::echo);
            TestBackend far = rig.backend(2, TestBackend::echo);
            List<Candidate> nearest = List.of(Rig.candidate(near.address(), near.port()));
            List<Candidate> farther = List.of(Rig.candidate(far.address(), far.port()));
            List<Candidate> all = List.of(nearest.get(0), farther.get(0));
            int port = Rig.freePort();
            List<LocalityTier> tiers =
                    List.of(new LocalityTier(0, "", nearest, 1), new LocalityTier(3, "west", farther, 1));
            ListenerKey key = new ListenerKey(Rig.VIP, port, Protocol.TCP);
            rig.apply(Rig.WEB, new ListenerPlan(key, all, null, null, tiers, ListenerPolicy.NONE));
            assertThat(askAll(port, 20)).isZero();
            assertThat(near.accepted()).isEqualTo(20);
            near.close();
            assertThat(askAll(port, 20)).as("clients that failed").isZero();
            assertThat(far.accepted()).isEqualTo(20);
            assertThat(endpoint(rig, near.address() + ":" + near.port()).failures())
                    .isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "leads farther at the last try when all that is near refuses, before any is ejected, and no client sees it")
    void allNearRefuse(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            TestBackend far = rig.backend(9, TestBackend::echo);
            List<Candidate> nearest = new ArrayList<>();
            for (int number = 1; number <= 5; number++) {
                TestBackend gone = rig.backend(number, TestBackend::echo);
                gone.close();
                nearest.add(Rig.candidate(gone.address(), gone.port()));
            }
            List<Candidate> farther = List.of(Rig.candidate(far.address(), far.port()));
            List<Candidate> all = new ArrayList<>(nearest);
            all.addAll(farther);
            int port = Rig.freePort();
            List<LocalityTier> tiers =
                    List.of(new LocalityTier(0, "", nearest, 5), new LocalityTier(3, "west", farther, 1));
            ListenerKey key = new ListenerKey(Rig.VIP, port, Protocol.TCP);
            rig.apply(Rig.WEB, new ListenerPlan(key, all, null, null, tiers, ListenerPolicy.NONE));
            assertThat(askAll(port, 10)).as("clients that failed").isZero();
            assertThat(far.accepted()).isEqualTo(10);
            assertThat(rig.status().retries()).as("two a connection").isEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("uses one again that has recovered")
    void recovering(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.outlier = new OutlierSettings(3, Duration.ofMillis(200), Duration.ofSeconds(1), 50, 30);
            AtomicBoolean sick = new AtomicBoolean(true);
            TestBackend recovering = rig.backend(1, socket -> {
                if (sick.get()) {
                    socket.getInputStream().read();
                    reset(socket);
                } else {
                    TestBackend.echo(socket);
                }
            });
            int port = rig.start(recovering, rig.backend(2, TestBackend::echo));
            String authority = recovering.address() + ":" + recovering.port();
            await().until(() -> askAll(port, 4) >= 0 && endpoint(rig, authority).ejections() > 0);
            sick.set(false);
            int before = recovering.accepted();
            await().until(() -> askAll(port, 4) == 0 && recovering.accepted() > before + 10);
            assertThat(endpoint(rig, authority).ejected()).isFalse();
        }
    }
}
