package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.health.HealthCheck;
import dev.weft.proxy.health.NettyProber;
import dev.weft.proxy.health.ProbeResult;
import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Prober;
import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("checks of endpoints from the data path")
@ExtendWith(NoLeaks.class)
@Timeout(300)
class ActiveChecksIT {
    private static final HealthCheck DEFAULTS =
            new HealthCheck("", "", 200, 399, Duration.ofMillis(100), Duration.ofSeconds(60), 2, 3);
    private static final ListenerPolicy TCP = policy(Map.of("data-path-check", "tcp"));

    private static ListenerPolicy policy(Map<String, String> checks) {
        return new ListenerPolicy(List.of(), 0, 0, null, checks);
    }

    private static ListenerPlan plan(int port, Protocol protocol, ListenerPolicy policy, Candidate... candidates) {
        ListenerKey key = new ListenerKey(Rig.VIP, port, protocol);
        return new ListenerPlan(key, List.of(candidates), null, null, List.of(), policy);
    }

    private static Candidate candidate(TestBackend backend) {
        return Rig.candidate(backend.address(), backend.port());
    }

    private static int accepted(int port, TestBackend backend, int count) throws IOException {
        int before = backend.accepted();
        for (int number = 0; number < count; number++) {
            try (Socket socket = Rig.connect(port)) {
                Rig.ask(socket);
            }
        }
        return backend.accepted() - before;
    }

    /** Says what it has been told to say. */
    private static final class Told implements Prober {
        final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
        final Set<String> dead = ConcurrentHashMap.newKeySet();
        final AtomicBoolean closed = new AtomicBoolean();

        int asked(String address) {
            return asked.getOrDefault(address, new AtomicInteger()).get();
        }

        @Override
        public CompletionStage<ProbeResult> probe(ProbeTarget target) {
            asked.computeIfAbsent(target.address(), first -> new AtomicInteger())
                    .incrementAndGet();
            return CompletableFuture.completedFuture(new ProbeResult(!dead.contains(target.address()), "told so"));
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    @Test
    @DisplayName("take what is dead out of choice at once, in other clusters too, and what lives again back in")
    void outAndBack() throws Exception {
        Told prober = new Told();
        try (Rig rig = new Rig(true)) {
            rig.checking = new CheckMeans(DEFAULTS, 8, () -> prober);
            TestBackend ours = rig.backend(1, TestBackend::echo);
            TestBackend theirs = rig.backend(2, TestBackend::echo);
            Candidate remote = new Candidate(
                    theirs.address(), theirs.port(), "west", "west/2", true, true, false, false, Set.of(), Set.of(), 1);
            int port = Rig.freePort();
            rig.apply(Rig.WEB, plan(port, Protocol.TCP, TCP, candidate(ours), remote));
            await().until(() -> prober.asked(ours.address()) > 2 && prober.asked(theirs.address()) > 2);
            assertThat(accepted(port, theirs, 4)).isEqualTo(2);

            prober.dead.add(theirs.address());
            await().until(() -> rig.status().endpoints().get(1).ejected());
            assertThat(accepted(port, ours, 4)).isEqualTo(4);
            prober.dead.add(ours.address());
            await().until(() -> rig.status().endpoints().get(0).ejected());
            assertThat(accepted(port, ours, 4)).as("all are dead: all are used").isEqualTo(2);

            prober.dead.clear();
            await().until(() -> rig.status().endpoints().stream().noneMatch(each -> each.ejected()));
            assertThat(accepted(port, theirs, 4)).isEqualTo(2);
        }
        await().untilTrue(prober.closed);
    }

    @Test
    @DisplayName("let no connection fail while one of four endpoints lives, though all are used in panic")
    void panic() throws Exception {
        try (Rig rig = new Rig(true)) {
            rig.outlier = new OutlierSettings(5, Duration.ofSeconds(5), Duration.ofSeconds(60), 70, 30);
            rig.checking = new CheckMeans(DEFAULTS, 8, NettyProber::new);
            TestBackend alive = rig.backend(1, TestBackend::echo);
            List<TestBackend> refusing = List.of(
                    rig.backend(2, TestBackend::echo),
                    rig.backend(3, TestBackend::echo),
                    rig.backend(4, TestBackend::echo));
            for (TestBackend backend : refusing) {
                backend.close();
            }
            ListenerPolicy often = policy(Map.of(
                    "data-path-check", "tcp", "health-check-interval", "500ms", "health-check-timeout", "300ms"));
            int port = Rig.freePort();
            rig.apply(
                    Rig.WEB,
                    plan(
                            port,
                            Protocol.TCP,
                            often,
                            candidate(refusing.get(0)),
                            candidate(alive),
                            candidate(refusing.get(1)),
                            candidate(refusing.get(2))));
            await().until(() -> rig.status().endpoints().stream()
                            .filter(ListenerStatus.EndpointStatus::ejected)
                            .count()
                    == 3);
            accepted(port, alive, 100); // fails at the first that is reset
        }
    }

    @Test
    @DisplayName("are made once for listeners that ask alike, and end with them; without a wish nobody is asked")
    void shared() throws Exception {
        Told prober = new Told();
        try (Rig rig = new Rig(false)) {
            rig.checking = new CheckMeans(DEFAULTS, 8, () -> prober);
            TestBackend echo = rig.backend(1, TestBackend::echo);
            TestBackend unasked = rig.backend(2, TestBackend::echo);
            ServiceKey other = ServiceKey.service("default", "other");
            rig.apply(other, plan(Rig.freePort(), Protocol.TCP, ListenerPolicy.NONE, candidate(unasked)));
            rig.apply(
                    Rig.WEB,
                    plan(Rig.freePort(), Protocol.TCP, TCP, candidate(echo)),
                    plan(Rig.freePort(), Protocol.TCP, TCP, candidate(echo)));
            prober.dead.add(echo.address());
            await().until(() -> rig.plane().status().stream()
                            .flatMap(listener -> listener.endpoints().stream())
                            .filter(endpoint -> endpoint.ejected())
                            .count()
                    == 2);
            rig.apply(Rig.WEB, plan(Rig.freePort(), Protocol.TCP, ListenerPolicy.NONE, candidate(echo)));
            await().until(() -> rig.plane().status().stream()
                    .flatMap(listener -> listener.endpoints().stream())
                    .noneMatch(endpoint -> endpoint.ejected()));
            assertThat(prober.asked(unasked.address())).isZero();
        }
    }

    @Test
    @DisplayName("over HTTP look at the status, through real sockets")
    void http() throws Exception {
        AtomicInteger status = new AtomicInteger(200);
        TestBackend.Script answer = socket -> {
            byte[] request = new byte[4096];
            if (socket.getInputStream().read(request) > 0) {
                String head = "HTTP/1.1 " + status.get() + " x\r\nContent-Length: 0\r\n\r\n";
                socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
            }
        };
        try (Rig rig = new Rig(true)) {
            rig.checking = new CheckMeans(DEFAULTS, 8, NettyProber::new);
            TestBackend wavering = rig.backend(1, answer);
            TestBackend steady = rig.backend(2, TestBackend::echo);
            ListenerPolicy http = policy(Map.of(
                    "data-path-check", "http:/healthz",
                    "health-check-port", Integer.toString(wavering.port()),
                    "health-check-status", "200-299",
                    "health-check-interval", "1s",
                    "health-check-unhealthy-threshold", "1",
                    "health-check-healthy-threshold", "1"));
            rig.apply(
                    Rig.WEB,
                    plan(
                            Rig.freePort(),
                            Protocol.TCP,
                            http,
                            candidate(wavering),
                            Rig.candidate(steady.address(), steady.port())));
            await().until(() -> wavering.accepted() > 1);
            await().alias("nothing listens at that port there")
                    .until(() -> rig.status().endpoints().get(1).ejected());
            await().until(() -> !rig.status().endpoints().get(0).ejected());
            status.set(503);
            await().until(() -> rig.status().endpoints().get(0).ejected());
            status.set(204);
            await().until(() -> !rig.status().endpoints().get(0).ejected());
        }
    }

    @Test
    @DisplayName("of a UDP service are made at the port that it names, and end the sessions of what is dead")
    void udp() throws Exception {
        Told prober = new Told();
        try (Rig rig = new Rig(true);
                UdpBackend one = new UdpBackend("127.80.8.1");
                UdpBackend other = new UdpBackend("127.80.8.2");
                DatagramSocket client = new DatagramSocket()) {
            rig.checking = new CheckMeans(DEFAULTS, 8, () -> prober);
            ListenerPolicy named = policy(Map.of("data-path-check", "tcp", "health-check-port", "9"));
            int port = Rig.freePort();
            rig.apply(
                    Rig.WEB,
                    plan(
                            port,
                            Protocol.UDP,
                            named,
                            Rig.candidate(one.address(), one.port()),
                            Rig.candidate(other.address(), other.port())));
            client.connect(InetAddress.getByName(Rig.VIP), port);
            client.setSoTimeout(60_000);
            ask(client);
            UdpBackend first = one.heard() == 1 ? one : other;
            UdpBackend second = one.heard() == 1 ? other : one;
            prober.dead.add(first.address());
            rig.awaitNoConnections();
            ask(client);
            assertThat(first.heard()).isEqualTo(1);
            assertThat(second.heard()).isEqualTo(1);
        }
    }

    private static void ask(DatagramSocket client) throws IOException {
        client.send(new DatagramPacket(new byte[] {7}, 1));
        client.receive(new DatagramPacket(new byte[1], 1));
    }
}
