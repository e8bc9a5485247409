package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the data plane's limits, on both transports")
@ExtendWith(NoLeaks.class)
@Timeout(300)
class LimitsIT {

    private static void assertRefused(int port) {
        assertThatThrownBy(() -> {
                    try (Socket socket = Rig.connect(port)) {
                        Rig.ask(socket);
                    }
                })
                .isInstanceOf(SocketException.class);
    }

    /** What came within the socket's timeout: a byte, -1 for the end, 0 for nothing. */
    private static int readOrNothing(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            return 0;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("bound the connections of the whole node, over all services")
    void wholeNode(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.limits = new ConnectionLimits(2, 10, 10, 10);
            TestBackend echo = rig.backend(1, TestBackend::echo);
            int one = rig.start(echo);
            int other = Rig.freePort();
            rig.apply(
                    ServiceKey.service("default", "other"),
                    Rig.plan(other, List.of(Rig.candidate(echo.address(), echo.port()))));
            try (Socket first = Rig.connect(one);
                    Socket second = Rig.connect(other)) {
                Rig.ask(first);
                Rig.ask(second);
                assertRefused(one);
                assertRefused(other);
                Rig.ask(first);
            }
            rig.awaitNoConnections();
            try (Socket third = Rig.connect(other)) {
                Rig.ask(third);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("bound the connections of a service over its listeners, and leave other services alone")
    void service(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.limits = new ConnectionLimits(10, 1, 10, 10);
            TestBackend echo = rig.backend(1, TestBackend::echo);
            List<Candidate> candidates = List.of(Rig.candidate(echo.address(), echo.port()));
            int one = Rig.freePort();
            int two = Rig.freePort();
            int other = Rig.freePort();
            rig.apply(Rig.WEB, Rig.plan(one, candidates), Rig.plan(two, candidates));
            rig.apply(ServiceKey.service("default", "other"), Rig.plan(other, candidates));
            try (Socket first = Rig.connect(one);
                    Socket elsewhere = Rig.connect(other)) {
                Rig.ask(first);
                Rig.ask(elsewhere);
                assertRefused(two);
            }
            rig.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("send what an endpoint has no room for to another, and refuse when all are full")
    void endpoint(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.limits = new ConnectionLimits(10, 10, 10, 1);
            TestBackend one = rig.backend(1, TestBackend::echo);
            TestBackend two = rig.backend(2, TestBackend::echo);
            int port = rig.start(one, two);
            Socket first = Rig.connect(port);
            Rig.ask(first);
            try (Socket second = Rig.connect(port)) {
                Rig.ask(second);
                assertRefused(port);
                assertThat(rig.status().refusedLimit()).isEqualTo(1);
                assertThat(rig.status().refusedNoEndpoint()).isZero();
                first.close();
                await().until(() -> rig.plane().openConnections() == 1);
                try (Socket third = Rig.connect(port)) {
                    Rig.ask(third);
                }
            }
            assertThat(one.accepted() + two.accepted()).isEqualTo(3);
        }
    }

    private static ListenerPlan plan(int port, List<Candidate> candidates, ListenerPolicy policy) {
        return new ListenerPlan(
                new ListenerKey(Rig.VIP, port, Protocol.TCP), candidates, null, null, List.of(), policy);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("are those that a service asks for, also while it runs")
    void ofService(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            TestBackend echo = rig.backend(1, TestBackend::echo);
            List<Candidate> candidates = List.of(Rig.candidate(echo.address(), echo.port()));
            int port = Rig.freePort();
            rig.apply(Rig.WEB, plan(port, candidates, new ListenerPolicy(List.of(), 1, 0, null)));
            try (Socket first = Rig.connect(port)) {
                Rig.ask(first);
                assertRefused(port);
                rig.apply(Rig.WEB, plan(port, candidates, new ListenerPolicy(List.of(), 0, 1, null)));
                assertRefused(port);
                rig.apply(Rig.WEB, plan(port, candidates, ListenerPolicy.NONE));
                try (Socket second = Rig.connect(port)) {
                    Rig.ask(second);
                    Rig.ask(first);
                }
            }
            assertThat(rig.status().refusedLimit()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("keep out who comes from elsewhere than the source ranges, with a reset, and leave who is in alone")
    void sourceRanges(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            TestBackend echo = rig.backend(1, TestBackend::echo);
            List<Candidate> candidates = List.of(Rig.candidate(echo.address(), echo.port()));
            int port = Rig.freePort();
            List<String> ranges = List.of("10.0.0.0/8", "127.90.0.0/16");
            rig.apply(Rig.WEB, Rig.plan(port, candidates));
            try (Socket early = Rig.connect(port)) {
                Rig.ask(early);
                rig.apply(Rig.WEB, plan(port, candidates, new ListenerPolicy(ranges, 0, 0, null)));
                assertRefused(port);
                Rig.ask(early);
                try (Socket inside = new Socket()) {
                    inside.bind(new InetSocketAddress("127.90.3.4", 0));
                    inside.connect(new InetSocketAddress(Rig.VIP, port), 60_000);
                    inside.setSoTimeout(60_000);
                    Rig.ask(inside);
                }
            }
            assertThat(rig.status().refusedSource()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("close idle connections after the time that a service asks for, begun while they are open")
    void idleOfService(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            TestBackend echo = rig.backend(1, TestBackend::echo);
            List<Candidate> candidates = List.of(Rig.candidate(echo.address(), echo.port()));
            int port = Rig.freePort();
            rig.apply(Rig.WEB, Rig.plan(port, candidates));
            try (Socket quiet = Rig.connect(port)) {
                Rig.ask(quiet);
                ListenerPolicy impatient = new ListenerPolicy(List.of(), 0, 0, Duration.ofMillis(200));
                rig.apply(Rig.WEB, plan(port, candidates, impatient));
                assertThat(quiet.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(rig.status().closedIdle()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("give up connecting to an endpoint that does not answer, and take another")
    void connectTimeout(boolean nativeTransport) throws Exception {
        List<SocketChannel> filling = new ArrayList<>();
        try (Rig rig = new Rig(nativeTransport);
                ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.80.8.9"))) {
            rig.connecting = new ConnectSettings(Duration.ofMillis(500), 2, 1, 10);
            for (int number = 0; number < 8; number++) { // its queue is full from now on: it drops each SYN
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(new InetSocketAddress("127.80.8.9", silent.getLocalPort()));
                filling.add(channel);
            }
            TestBackend good = rig.backend(1, TestBackend::echo);
            int port = Rig.freePort();
            rig.apply(
                    Rig.WEB,
                    Rig.plan(
                            port,
                            List.of(
                                    Rig.candidate("127.80.8.9", silent.getLocalPort()),
                                    Rig.candidate(good.address(), good.port()))));
            for (int number = 0; number < 4; number++) {
                try (Socket socket = Rig.connect(port)) {
                    Rig.ask(socket);
                }
            }
            assertThat(good.accepted()).isEqualTo(4);
            assertThat(rig.status().endpoints())
                    .anySatisfy(endpoint -> assertThat(endpoint.failures()).isPositive());
            rig.awaitNoConnections();
        } finally {
            for (SocketChannel channel : filling) {
                channel.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("stop retrying when the retry budget is used up")
    void retryBudget(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.connecting = new ConnectSettings(Duration.ofSeconds(30), 2, 0, 3);
            TestBackend good = rig.backend(1, TestBackend::echo);
            int port = Rig.freePort();
            int dead;
            try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("127.80.8.9"))) {
                dead = probe.getLocalPort();
            }
            rig.apply(
                    Rig.WEB,
                    Rig.plan(
                            port,
                            List.of(Rig.candidate("127.80.8.9", dead), Rig.candidate(good.address(), good.port()))));
            int failed = 0;
            for (int number = 0; number < 20; number++) {
                try (Socket socket = Rig.connect(port)) {
                    Rig.ask(socket);
                } catch (IOException e) {
                    failed++;
                }
            }
            assertThat(rig.status().refusedNoEndpoint()).isEqualTo(failed).isPositive();
            long met = rig.status().endpoints().stream()
                    .mapToLong(ListenerStatus.EndpointStatus::failures)
                    .sum();
            assertThat(met - failed).as("those that were retried").isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("close a connection on which nothing comes, in good order, and no other")
    void idle(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.idleTimeout = Duration.ofSeconds(3);
            int port = rig.start(rig.backend(1, TestBackend::echo));
            try (Socket quiet = Rig.connect(port);
                    Socket busy = Rig.connect(port)) {
                long begun = System.nanoTime();
                Rig.ask(quiet);
                quiet.setSoTimeout(100); // the busy one is to be quiet too, but not for long
                int heard = 0;
                while (heard == 0) {
                    Rig.ask(busy);
                    heard = readOrNothing(quiet);
                }
                assertThat(heard).isEqualTo(-1);
                assertThat(System.nanoTime() - begun).isGreaterThan(rig.idleTimeout.toNanos());
                Rig.ask(busy);
            }
            assertThat(rig.status().closedIdle()).isEqualTo(1);
            rig.awaitNoConnections();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("end a connection at the drain deadline in good order, though its client goes on sending")
    void drainWhileSending(boolean nativeTransport) throws Exception {
        try (Rig rig = new Rig(nativeTransport)) {
            rig.drain = Duration.ofMillis(200);
            int port = rig.start(rig.backend(1, TestBackend::echo));
            try (Socket socket = Rig.connect(port)) {
                Rig.ask(socket);
                rig.apply(Rig.WEB);
                byte[] said = new byte[1];
                int answer = 0;
                while (answer >= 0) { // a reset would be an exception
                    socket.getOutputStream().write(said);
                    answer = socket.getInputStream().read();
                }
            }
            rig.awaitNoConnections();
        }
    }
}
