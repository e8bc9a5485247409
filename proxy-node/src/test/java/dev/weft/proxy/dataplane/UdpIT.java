package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the data plane's UDP, on both transports")
@ExtendWith(NoLeaks.class)
@Timeout(300)
class UdpIT {
    private static final String IPV4 = "127.96.8.3";
    private static final Duration SOON = Duration.ofMillis(200);

    private static ListenerPlan plan(String address, int port, ListenerPolicy policy, UdpBackend... backends) {
        List<Candidate> candidates = new ArrayList<>();
        for (UdpBackend backend : backends) {
            candidates.add(Rig.candidate(backend.address(), backend.port()));
        }
        ListenerKey key = new ListenerKey(address, port, Protocol.UDP);
        return new ListenerPlan(key, candidates, null, null, List.of(), policy);
    }

    private static int freePort(String address) throws IOException {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(address, 0))) {
            return probe.getLocalPort();
        }
    }

    private static int start(Rig rig, UdpBackend... backends) throws IOException {
        int port = freePort(IPV4);
        rig.apply(Rig.WEB, plan(IPV4, port, ListenerPolicy.NONE, backends));
        return port;
    }

    private static DatagramSocket client(String address, int port) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(new InetSocketAddress(InetAddress.getByName(address), port));
        socket.setSoTimeout(60_000);
        return socket;
    }

    private static void send(DatagramSocket client, byte[] bytes) throws IOException {
        client.send(new DatagramPacket(bytes, bytes.length));
    }

    private static byte[] ask(DatagramSocket client, byte[] bytes) throws IOException {
        send(client, bytes);
        DatagramPacket answer = new DatagramPacket(new byte[65_535], 65_535);
        client.receive(answer);
        return Arrays.copyOf(answer.getData(), answer.getLength());
    }

    private static void ask(DatagramSocket client) throws IOException {
        assertThat(ask(client, new byte[] {7})).containsExactly(7);
    }

    @ParameterizedTest(name = "native {0}, {1}")
    @CsvSource({"true,127.96.8.3", "false,127.96.8.3", "true,::1", "false,::1"})
    @DisplayName("passes datagrams of every size on, whole, both ways")
    void everySize(boolean nativeTransport, String address) throws Exception {
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend echo = new UdpBackend(address)) {
            int port = freePort(address);
            rig.apply(Rig.WEB, plan(address, port, ListenerPolicy.NONE, echo));
            Random random = new Random(3);
            int[] sizes = {1, 2, 511, 512, 1_472, 1_473, 9_000, 60_000, 65_507};
            try (DatagramSocket client = client(address, port)) {
                for (int size : sizes) {
                    byte[] sent = new byte[size];
                    random.nextBytes(sent);
                    assertThat(ask(client, sent)).as("%s bytes", size).isEqualTo(sent);
                }
            }
            ListenerStatus status = rig.status();
            long all = Arrays.stream(sizes).sum();
            assertThat(status.accepted()).as("sessions").isEqualTo(1);
            assertThat(status.endpoints().get(0).bytesTo()).isEqualTo(all);
            assertThat(status.endpoints().get(0).bytesFrom()).isEqualTo(all);
            assertThat(status.lost()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("leads clients to endpoints by the service's algorithm, and keeps each with its own")
    void balances(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend one = new UdpBackend("127.80.8.31");
                UdpBackend other = new UdpBackend("127.80.8.32")) {
            int port = start(rig, one, other);
            for (int number = 0; number < 6; number++) {
                try (DatagramSocket client = client(IPV4, port)) {
                    int before = one.heard();
                    for (int round = 0; round < 5; round++) {
                        ask(client);
                    }
                    assertThat(one.heard() - before).as("of a client's five").isIn(0, 5);
                }
            }
            assertThat(one.heard()).isEqualTo(15);
            assertThat(other.heard()).isEqualTo(15);
            assertThat(rig.plane().picks()).containsEntry("round-robin", 6L);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("ends a session when the clock says that nothing came for the idle timeout, not before")
    void expires(boolean nativeTransport) throws Exception {
        AtomicLong clock = new AtomicLong(TimeUnit.DAYS.toNanos(1));
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend echo = new UdpBackend("127.80.8.31")) {
            rig.nanos = clock::get;
            rig.udp = new UdpSettings(SOON, 10);
            int port = start(rig, echo);
            try (DatagramSocket quiet = client(IPV4, port);
                    DatagramSocket busy = client(IPV4, port)) {
                ask(quiet);
                ask(busy);
                clock.addAndGet(SOON.toNanos() - 1);
                ask(busy);
                clock.addAndGet(1);
                await().until(() -> rig.status().closedIdle() == 1);
                assertThat(rig.status().open()).isEqualTo(1);
                ask(busy);
                assertThat(rig.status().accepted()).as("sessions").isEqualTo(2);
                ask(quiet);
                assertThat(rig.status().accepted()).as("sessions").isEqualTo(3);
                clock.addAndGet(SOON.toNanos());
                rig.awaitNoConnections();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("takes no more clients than the bound says; those known are served on, and room is given away again")
    void bounded(boolean nativeTransport) throws Exception {
        AtomicLong clock = new AtomicLong();
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend echo = new UdpBackend("127.80.8.31")) {
            rig.nanos = clock::get;
            rig.udp = new UdpSettings(SOON, 2);
            int port = start(rig, echo);
            try (DatagramSocket one = client(IPV4, port);
                    DatagramSocket two = client(IPV4, port);
                    DatagramSocket three = client(IPV4, port)) {
                ask(one);
                ask(two);
                send(three, new byte[] {1});
                await().until(() -> rig.status().refusedLimit() == 1);
                ask(one);
                ask(two);
                assertThat(rig.status().open()).isEqualTo(2);
                assertThat(rig.plane().openConnections()).isEqualTo(2);
                clock.addAndGet(SOON.toNanos());
                rig.awaitNoConnections();
                ask(three);
                assertThat(echo.heard()).isEqualTo(5);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("ends the sessions of an endpoint that leaves; the next datagram goes to another")
    void endpointLeaves(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend leaving = new UdpBackend("127.80.8.31");
                UdpBackend staying = new UdpBackend("127.80.8.32")) {
            int port = start(rig, leaving);
            try (DatagramSocket client = client(IPV4, port)) {
                ask(client);
                rig.apply(Rig.WEB, plan(IPV4, port, ListenerPolicy.NONE, staying));
                rig.awaitNoConnections();
                ask(client);
                assertThat(leaving.heard()).isEqualTo(1);
                assertThat(staying.heard()).isEqualTo(1);
                rig.apply(Rig.WEB, plan(IPV4, port, ListenerPolicy.NONE));
                rig.awaitNoConnections();
                send(client, new byte[] {1});
                await().until(() -> rig.status().refusedNoEndpoint() == 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("takes an endpoint where nobody listens out of choice, and leads clients elsewhere")
    void nobodyThere(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend alive = new UdpBackend("127.80.8.32")) {
            rig.outlier = new OutlierSettings(1, Duration.ofHours(1), Duration.ofHours(1), 100, 0);
            int port = freePort(IPV4);
            int dead = freePort("127.80.8.31");
            rig.apply(
                    Rig.WEB,
                    new ListenerPlan(
                            new ListenerKey(IPV4, port, Protocol.UDP),
                            List.of(Rig.candidate("127.80.8.31", dead), Rig.candidate(alive.address(), alive.port())),
                            null,
                            null));
            try (DatagramSocket one = client(IPV4, port);
                    DatagramSocket two = client(IPV4, port)) {
                send(one, new byte[] {1});
                send(two, new byte[] {1});
                await().until(() -> rig.status().endpoints().get(0).ejected());
                await().until(() -> rig.status().open() == 1);
                assertThat(rig.status().endpoints().get(0).failures()).isEqualTo(1);
            }
            for (int number = 0; number < 4; number++) {
                try (DatagramSocket client = client(IPV4, port)) {
                    ask(client);
                }
            }
            assertThat(alive.heard()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("lets nobody in who comes from elsewhere than the source ranges say")
    void sourceRanges(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend echo = new UdpBackend("127.80.8.31")) {
            int port = freePort(IPV4);
            ListenerPolicy some = new ListenerPolicy(List.of("127.80.9.1/32"), 0, 0, null);
            rig.apply(Rig.WEB, plan(IPV4, port, some, echo));
            try (DatagramSocket stranger = client(IPV4, port);
                    DatagramSocket friend = new DatagramSocket(new InetSocketAddress("127.80.9.1", 0))) {
                send(stranger, new byte[] {1});
                await().until(() -> rig.status().refusedSource() == 1);
                friend.connect(new InetSocketAddress(IPV4, port));
                friend.setSoTimeout(60_000);
                ask(friend);
                assertThat(echo.heard()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("serves the same address and port over TCP beside it, and frees the port when the service goes")
    void besideTcp(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport);
                UdpBackend udp = new UdpBackend("127.80.8.31")) {
            TestBackend tcp = rig.backend(33, TestBackend::echo);
            int port = Rig.freePort();
            rig.apply(
                    Rig.WEB,
                    Rig.plan(port, List.of(Rig.candidate(tcp.address(), tcp.port()))),
                    plan(Rig.VIP, port, ListenerPolicy.NONE, udp));
            try (DatagramSocket client = client(Rig.VIP, port);
                    Socket stream = Rig.connect(port)) {
                ask(client);
                Rig.ask(stream);
                assertThat(rig.plane().openConnections()).isEqualTo(2);
            }
            rig.apply(Rig.WEB);
            rig.awaitNoConnections();
            await().ignoreExceptions().until(() -> {
                new DatagramSocket(new InetSocketAddress(Rig.VIP, port)).close();
                return true;
            });
        }
    }
}
