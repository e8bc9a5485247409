package dev.weft.proxy.dns;

import static dev.weft.proxy.Patience.LONG;
import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.view.WatchedKind;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

@DisplayName("a DNS server over TCP")
@Timeout(300)
class DnsTcpIT extends DnsServerBed {
    private static final String WEB = "web.default.svc.cluster.local.";
    private static final String DB = "db.default.svc.cluster.local.";

    @ParameterizedTest(name = "native transport: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("answers a thousand questions that come in one go over TCP, and closes when the client stops sending")
    void pipelining(boolean nativeTransport) throws Exception {
        DnsServer running = start("native-transport = " + nativeTransport);
        try (Socket socket = connect(running)) {
            send(socket, Collections.nCopies(1000, DnsFixture.query(WEB, Type.A, DClass.IN)));
            socket.shutdownOutput();
            assertThat(receive(socket, 1000)).isEqualTo(ids(1000));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(running.status().tcpQuestions()).isEqualTo(1000);
        await().until(() -> running.status().tcpConnections() == 0);
    }

    @ParameterizedTest(name = "native transport: {0}, client stops sending: {1}")
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @DisplayName("answers every pipelined question although the answers pile up")
    void largePipelining(boolean nativeTransport, boolean halfClose) throws Exception {
        String[] endpoints =
                IntStream.rangeClosed(1, 100).mapToObj(i -> "10.1.1." + i).toArray(String[]::new);
        fixture.apply(WatchedKind.SLICES, DnsFixture.slice("db-4", DnsFixture.of("db"), "IPv4", "5432", endpoints));
        DnsServer running = start("native-transport = " + nativeTransport);
        try (Socket socket = connect(running)) {
            send(socket, Collections.nCopies(400, DnsFixture.query(DB, Type.A, DClass.IN)));
            if (halfClose) {
                socket.shutdownOutput();
            }
            assertThat(receive(socket, 400)).isEqualTo(ids(400));
            if (!halfClose) {
                send(socket, List.of(DnsFixture.query(DB, Type.A, DClass.IN)));
                assertThat(receive(socket, 1)).isEqualTo(ids(1));
                socket.shutdownOutput();
            }
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest(name = "native transport: {0}, client stops sending: {1}")
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @DisplayName("answers more pipelined questions than may be forwarded at a time")
    void forwardedPipelining(boolean nativeTransport, boolean halfClose) throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start(
                    "native-transport = " + nativeTransport,
                    "tcp.max-queries-in-flight = 64",
                    "forward.upstreams = [\"" + upstream.address() + "\"]");
            upstream.hold();
            try (Socket socket = connect(running)) {
                send(
                        socket,
                        IntStream.range(0, 150)
                                .mapToObj(i -> recursive("name" + i + ".test.", Type.A))
                                .toList());
                if (halfClose) {
                    socket.shutdownOutput();
                }
                await().until(() -> upstream.asked.get() >= 64);
                assertThat(running.status().tcpQuestions()).isEqualTo(64);
                upstream.release();
                assertThat(receive(socket, 150)).isEqualTo(ids(150));
                if (!halfClose) {
                    socket.shutdownOutput();
                }
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    private static Socket connect(DnsServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), portOf(server));
        socket.setSoTimeout((int) LONG.toMillis());
        return socket;
    }

    /** Sends all in one go, with their places in the list as ids. */
    private static void send(Socket socket, List<Message> queries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int id = 0; id < queries.size(); id++) {
            byte[] query = queries.get(id).toWire();
            out.writeShort(query.length);
            out.writeShort(id);
            out.write(query, 2, query.length - 2);
        }
        socket.getOutputStream().write(bytes.toByteArray());
    }

    /** The ids of so many answers, of which each must be a good one. */
    private static Set<Integer> receive(Socket socket, int count) throws IOException {
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        TreeSet<Integer> ids = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            Message answer = new Message(bytes);
            assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
            ids.add(answer.getHeader().getID());
        }
        return ids;
    }

    private static Set<Integer> ids(int count) {
        return IntStream.range(0, count).boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    @DisplayName("stops reading from a client that does not read, and serves others meanwhile")
    void unreadAnswers() throws Exception {
        DnsServer running = start("tcp.idle-timeout = 60s");
        byte[] query = DnsFixture.query("_http._tcp." + DB, Type.SRV, DClass.IN).toWire();
        byte[] many = new byte[(query.length + 2) * 200];
        for (int at = 0; at < many.length; at += query.length + 2) {
            many[at + 1] = (byte) query.length;
            System.arraycopy(query, 0, many, at + 2, query.length);
        }
        try (Socket greedy = new Socket(InetAddress.getLoopbackAddress(), portOf(running))) {
            Thread writer = new Thread(() -> {
                try {
                    for (int i = 0; i < 5000; i++) {
                        greedy.getOutputStream().write(many);
                    }
                } catch (IOException e) {
                    // closed at the end of the test
                }
            });
            writer.setDaemon(true);
            writer.start();
            AtomicLong last = new AtomicLong(-1);
            await().pollInterval(Duration.ofMillis(500)).until(() -> {
                long now = running.status().tcpQuestions();
                return now > 0 && last.getAndSet(now) == now;
            });
            assertThat(running.status().tcpQuestions()).isLessThan(1_000_000);
            assertThat(resolver(running, true)
                            .send(DnsFixture.query(WEB, Type.A, DClass.IN))
                            .getRcode())
                    .isEqualTo(Rcode.NOERROR);
        }
    }

    @Test
    @DisplayName("closes connections over the bound")
    void connectionBound() throws Exception {
        DnsServer running = start("tcp.max-connections = 2");
        try (Socket first = new Socket(InetAddress.getLoopbackAddress(), portOf(running));
                Socket second = new Socket(InetAddress.getLoopbackAddress(), portOf(running))) {
            await().until(() -> running.status().tcpConnections() == 2);
            try (Socket third = new Socket(InetAddress.getLoopbackAddress(), portOf(running))) {
                assertThat(third.getInputStream().read()).isEqualTo(-1);
            }
            assertThat(running.status().tcpConnections()).isEqualTo(2);
            assertThat(first.isConnected() && second.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("closes idle connections, even when bytes trickle in")
    void idleConnections() throws Exception {
        DnsServer running = start("tcp.idle-timeout = 300ms");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        try (Socket idle = new Socket(InetAddress.getLoopbackAddress(), portOf(running));
                Socket trickling = new Socket(InetAddress.getLoopbackAddress(), portOf(running))) {
            await().until(() -> running.status().tcpConnections() == 2);
            trickling.getOutputStream().write(new byte[] {1, 0}); // a question of 256 bytes is to come
            trickling.getOutputStream().write(new byte[100]);
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            assertThat(trickling.getInputStream().read()).isEqualTo(-1);
        }
    }
}
