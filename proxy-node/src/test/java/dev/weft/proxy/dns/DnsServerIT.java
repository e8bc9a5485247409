package dev.weft.proxy.dns;

import static dev.weft.proxy.Patience.LONG;
import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

@DisplayName("a DNS server on real sockets")
@Timeout(300)
class DnsServerIT {
    private static final String WEB = "web.default.svc.cluster.local.";
    private static final String DB = "db.default.svc.cluster.local.";

    private final DnsFixture fixture = new DnsFixture().withEverything();
    /** The server's clock in nanoseconds; stands still unless a test moves it. */
    private final AtomicLong clock = new AtomicLong(System.nanoTime());

    private @Nullable DnsServer server;

    private DnsServer start(String... overrides) {
        List<String> all =
                new ArrayList<>(List.of("listen = \"127.0.0.1:0\"", "forward.upstreams = []", "forward.timeout = 30s"));
        all.addAll(List.of(overrides));
        DnsServer started = new DnsServer(
                DnsFixture.settings(all.toArray(String[]::new)),
                DnsFixture.NODE,
                InstantSource.system(),
                clock::get,
                new SplittableRandom(7));
        server = started;
        started.apply(new ViewUpdate(fixture.view, fixture.view.keys(), true));
        started.start();
        await().until(() -> started.status().state() == DnsStatus.State.BOUND);
        return started;
    }

    @AfterEach
    void stop() throws Exception {
        DnsServer running = server;
        if (running != null) {
            running.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    private static int portOf(DnsServer server) {
        String address = server.status().address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static SimpleResolver resolver(DnsServer server, boolean tcp) throws IOException {
        SimpleResolver resolver = new SimpleResolver("127.0.0.1");
        resolver.setPort(portOf(server));
        resolver.setTCP(tcp);
        resolver.setIgnoreTruncation(true);
        resolver.setTimeout(LONG);
        return resolver;
    }

    private static Message recursive(String name, int type) {
        Message query = DnsFixture.query(name, type, DClass.IN);
        query.getHeader().setFlag(Flags.RD);
        return query;
    }

    private static String dig(DnsServer server, String... words) throws IOException, InterruptedException {
        boolean installed = Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "dig")));
        if (!installed) {
            System.out.println("skipped: dig is not installed (Debian: bind9-dnsutils)");
        }
        Assumptions.assumeTrue(installed, "dig is not installed");
        List<String> command = new ArrayList<>(
                List.of("dig", "-r", "@127.0.0.1", "-p", String.valueOf(portOf(server)), "+tries=3", "+time=30"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String output = String.join("\n", reader.lines().toList());
            process.waitFor();
            return output;
        }
    }

    @ParameterizedTest(name = "over TCP: {0}")
    @ValueSource(booleans = {false, true})
    @DisplayName("gives dig every record form of the rules")
    void everyForm(boolean tcp) throws Exception {
        DnsServer running = start();
        String[][] cases = {
            {"DNS-1", "dns-version.cluster.local", "TXT", "\"1.1.0\""},
            {"DNS-2", "web.default.svc.cluster.local", "A", "127.96.0.10"},
            {"DNS-2", "web.default.svc.cluster.local", "AAAA", "fd00::10"},
            {"DNS-3", "_http._tcp." + WEB, "SRV", "0 100 80 " + WEB},
            {"DNS-4", "-x", "127.96.0.10", WEB},
            {"DNS-4", "-x", "fd00::10", WEB},
            {"DNS-5", DB, "A", "10.1.0.2 10.1.0.3 10.1.0.1"},
            {"DNS-5", "empty.default.svc.cluster.local", "A", ""},
            {"DNS-6", "db-0." + DB, "A", "10.1.0.1"},
            {"DNS-6", "10-1-0-3." + DB, "A", "10.1.0.3"},
            {
                "DNS-7",
                "_http._tcp." + DB,
                "SRV",
                "0 33 5432 db-1." + DB + " 0 33 5432 10-1-0-3." + DB + " 0 33 5432 db-0." + DB
            },
            {"DNS-8", "-x", "10.1.0.2", "db-1." + DB},
            {"DNS-9", "outside.default.svc.cluster.local", "CNAME", "example.org."},
            {"DNS-9", "inside.default.svc.cluster.local", "A", WEB + " 127.96.0.10"},
            {"DNS-11", "dns-version.clusterset.local", "TXT", "\"1.0.0\""},
            {"DNS-12", "shop.default.svc.clusterset.local", "A", "127.97.0.1"},
            {
                "DNS-13",
                "_http._tcp.shop.default.svc.clusterset.local",
                "SRV",
                "0 100 80 shop.default.svc.clusterset.local."
            },
            {"DNS-14", "peers.default.svc.clusterset.local", "A", "10.3.0.2 10.4.0.2"},
            {"DNS-15", "p-0.east.peers.default.svc.clusterset.local", "A", "10.4.0.2"},
            {"DNS-17", "east.peers.default.svc.clusterset.local", "A", ""},
            {"one cluster", "shop.default.svc.east.clusters.local", "A", "10.4.0.1"},
            {"NS", "cluster.local", "NS", "ns.dns.cluster.local."},
            {"case", "WEB.Default.SVC.cluster.LOCAL", "A", "127.96.0.10"},
        };
        for (String[] row : cases) {
            String output = dig(running, tcp ? "+tcp" : "+notcp", "+short", row[1], row[2]);
            assertThat(output.replace('\n', ' ')).as(String.join(" ", row)).isEqualTo(row[3]);
        }
    }

    @Test
    @DisplayName("tells dig NXDOMAIN apart from no data, and refuses what it must")
    void codes() throws Exception {
        DnsServer running = start();

        assertThat(dig(running, "nothing.default.svc.cluster.local", "A"))
                .contains("status: NXDOMAIN")
                .contains("SOA\tns.dns.cluster.local. hostmaster.cluster.local.");
        assertThat(dig(running, WEB, "MX")).contains("status: NOERROR", "ANSWER: 0", "SOA");
        assertThat(dig(running, "cluster.local", "AXFR")).contains("Transfer failed");
        assertThat(dig(running, "example.org", "A")).contains("status: REFUSED");
        assertThat(dig(running, "version.bind", "TXT", "CH")).contains("status: REFUSED");
        assertThat(dig(running, "+opcode=notify", WEB, "SOA")).contains("status: NOTIMP");
        assertThat(dig(running, "+edns=1", "+noednsnegotiation", WEB, "A")).contains("status: BADVERS");
        assertThat(dig(running, WEB, "ANY", "+notcp")).contains("HINFO\t\"RFC8482\" \"\"");
        assertThat(dig(running, WEB, "A")).contains("; COOKIE: ").contains("(good)");
    }

    @Test
    @DisplayName("makes dig come again over TCP for an answer that does not fit")
    void truncation() throws Exception {
        fixture.apply(
                WatchedKind.SLICES,
                DnsFixture.slice(
                        "db-4",
                        DnsFixture.of("db"),
                        "IPv4",
                        "5432",
                        IntStream.rangeClosed(1, 200)
                                .mapToObj(i -> "10.1.1." + i)
                                .toArray(String[]::new)));
        DnsServer running = start();

        assertThat(dig(running, "+ignore", "+notcp", DB, "A")).contains("flags: qr aa tc");
        String whole = dig(running, "+short", DB, "A");
        assertThat(new TreeSet<>(List.of(whole.split("\n", -1)))).hasSizeGreaterThanOrEqualTo(200);
        assertThat(running.status().tcpQuestions()).isPositive();
        assertThat(running.status().truncated()).isPositive();
    }

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

    @Test
    @DisplayName("tells plainly that its port is taken, and takes it when it is free")
    void takenPort() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            DnsServer waiting = new DnsServer(
                    DnsFixture.settings(
                            "listen = \"127.0.0.1:" + other.getLocalPort() + "\"",
                            "bind-retry-max = 200ms",
                            "forward.upstreams = []"),
                    DnsFixture.NODE,
                    InstantSource.system(),
                    System::nanoTime,
                    new SplittableRandom(7));
            server = waiting;
            waiting.start();
            await().until(() -> waiting.status().state() == DnsStatus.State.FAILED);
            assertThat(waiting.status().reason()).contains("127.0.0.1:" + other.getLocalPort(), "ss -lntup");
            other.close();
            await().until(() -> waiting.status().state() == DnsStatus.State.BOUND);
            assertThat(waiting.status().reason()).isEmpty();
        }
    }

    @Test
    @DisplayName("is seen changed within milliseconds of the picture, whole at every moment")
    void changes() throws Exception {
        DnsServer running = start();
        SimpleResolver resolver = resolver(running, false);
        for (int i = 1; i <= 20; i++) {
            running.apply(fixture.apply(
                    WatchedKind.SERVICES,
                    DnsFixture.service("plain", "'clusterIP':'127.96.7." + i + "','ports':[{'port':81}]")));
            assertThat(DnsFixture.summary(
                            resolver.send(DnsFixture.query("plain.default.svc.cluster.local.", Type.A, DClass.IN))))
                    .endsWith("A 127.96.7." + i);
        }
    }

    @Test
    @DisplayName("bounds the rate of answers to a network that is not exempt")
    void rate() throws Exception {
        DnsServer running = start("rate-limit.responses-per-second = 5", "rate-limit.exempt = []");
        List<String> answered = new ArrayList<>();
        try (DatagramSocket first = client(running);
                DatagramSocket second = client(running)) {
            for (int id = 1; id <= 12; id++) { // more sockets of one network share its rate
                DatagramSocket asking = id % 2 == 0 ? first : second;
                long limited = running.status().rateLimited();
                ask(asking, id);
                boolean refused = id > 5;
                if (!refused || id % 2 == 1) { // every other refused one is told to come over TCP
                    answered.add(receive(asking));
                }
                await().until(() -> running.status().rateLimited() == limited + (refused ? 1 : 0));
            }
            assertThat(answered).containsExactly("1", "2", "3", "4", "5", "7 truncated", "9 truncated", "11 truncated");
            assertThat(running.status().rateLimited()).isEqualTo(7);

            clock.addAndGet(Duration.ofMillis(200).toNanos());
            ask(first, 13);
            assertThat(receive(first)).as("and nothing else before it").isEqualTo("13");
            ask(first, 14);
            await().until(() -> running.status().rateLimited() == 8);
        }
    }

    private static DatagramSocket client(DnsServer server) throws IOException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(InetAddress.getLoopbackAddress(), portOf(server));
        socket.setSoTimeout((int) LONG.toMillis());
        return socket;
    }

    private static void ask(DatagramSocket socket, int id) throws IOException {
        Message query = DnsFixture.query(WEB, Type.A, DClass.IN);
        query.getHeader().setID(id);
        byte[] bytes = query.toWire();
        socket.send(new DatagramPacket(bytes, bytes.length));
    }

    private static String receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        socket.receive(packet);
        Message answer = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        return answer.getHeader().getID() + (answer.getHeader().getFlag(Flags.TC) ? " truncated" : "");
    }

    @Test
    @DisplayName("forwards other names for those who may ask, once for each life of the answer")
    void forwards() throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start("forward.upstreams = [\"" + upstream.address() + "\"]");
            SimpleResolver resolver = resolver(running, false);

            Message first = resolver.send(recursive("Outside.TEST.", Type.A));
            assertThat(DnsFixture.summary(first)).isEqualTo("NOERROR Outside.TEST. A 198.51.100.1");
            assertThat(first.getHeader().getFlag(Flags.RA)).isTrue();
            clock.addAndGet(Duration.ofSeconds(10).toNanos());
            Message again = resolver.send(recursive("outside.test.", Type.A));
            assertThat(ttl(first)).as("at most forward.max-ttl").isEqualTo(30);
            assertThat(ttl(again)).as("less its age").isEqualTo(20);
            assertThat(upstream.asked).hasValue(1);

            assertThat(DnsFixture.summary(resolver.send(recursive("none.test.", Type.A))))
                    .isEqualTo("NXDOMAIN");
            assertThat(DnsFixture.summary(resolver.send(recursive("none.test.", Type.A))))
                    .isEqualTo("NXDOMAIN");
            assertThat(upstream.asked).hasValue(2);
            assertThat(running.status().fromCache()).isEqualTo(2);

            Message strange = DnsFixture.query("other.test.", Type.A, DClass.IN); // recursion not desired
            assertThat(resolver.send(strange).getRcode()).isEqualTo(Rcode.REFUSED);
        }
    }

    @Test
    @DisplayName("fetches over TCP what is too large for UDP, and hands it on the same way")
    void largeForwarded() throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start("forward.upstreams = [\"" + upstream.address() + "\"]");

            Message part = resolver(running, false).send(recursive("big.test.", Type.A));
            assertThat(part.getHeader().getFlag(Flags.TC)).as(part.toString()).isTrue();
            assertThat(resolver(running, true)
                            .send(recursive("big.test.", Type.A))
                            .getSection(Section.ANSWER))
                    .hasSize(100);
        }
    }

    @Test
    @DisplayName("follows an alias to the outside (DNS-9)")
    void outsideAlias() throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start("forward.upstreams = [\"" + upstream.address() + "\"]");

            Message query = recursive("outside.default.svc.cluster.local.", Type.A);
            Message first = resolver(running, false).send(query);
            assertThat(DnsFixture.summary(first))
                    .isEqualTo("NOERROR example.org. CNAME www.example.org.; "
                            + "outside.default.svc.cluster.local. CNAME example.org.; "
                            + "www.example.org. A 198.51.100.1");
            assertThat(ttls(first)).containsExactly(5L, 30L, 30L);
            clock.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(ttls(resolver(running, false).send(query))).containsExactly(5L, 20L, 20L);
        }
    }

    @Test
    @DisplayName("serves a stale answer while the upstream is away, and SERVFAIL when it knows none")
    void stale() throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start(
                    "forward.upstreams = [\"" + upstream.address() + "\"]",
                    "forward.timeout = 200ms",
                    "forward.attempts = 2");
            SimpleResolver resolver = resolver(running, false);
            await().until(() ->
                    resolver.send(recursive("outside.test.", Type.A)).getRcode() == Rcode.NOERROR);
            long before = running.status().upstreamFailures();
            upstream.silent = true;
            clock.addAndGet(Duration.ofSeconds(100).toNanos());

            Message stale = resolver.send(recursive("outside.test.", Type.A));
            assertThat(DnsFixture.summary(stale)).isEqualTo("NOERROR outside.test. A 198.51.100.1");
            assertThat(stale.getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(30);
            assertThat(resolver.send(recursive("new.test.", Type.A)).getRcode()).isEqualTo(Rcode.SERVFAIL);
            clock.addAndGet(Duration.ofHours(2).toNanos());
            assertThat(resolver.send(recursive("outside.test.", Type.A)).getRcode())
                    .isEqualTo(Rcode.SERVFAIL);
            assertThat(running.status().upstreamFailures() - before).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("gives a stale answer while a silent upstream is still asked, and the fresh one once that has come")
    void staleMeanwhile() throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start(
                    "forward.upstreams = [\"" + upstream.address() + "\"]",
                    "forward.max-ttl = 1h",
                    "forward.stale-answer-after = 50ms"); // and 90 s until the upstream counts as failed
            SimpleResolver resolver = resolver(running, false);
            Message query = recursive("outside.test.", Type.A);
            assertThat(ttl(resolver.send(query))).isEqualTo(60);
            upstream.hold();
            clock.addAndGet(Duration.ofSeconds(100).toNanos());

            assertThat(ttl(resolver.send(query))).as("stale").isEqualTo(30);
            await().until(() -> upstream.asked.get() == 2);
            assertThat(ttl(resolver.send(query)))
                    .as("stale, without asking twice")
                    .isEqualTo(30);
            assertThat(upstream.asked).hasValue(2);
            assertThat(running.status().upstreamFailures()).isZero();

            upstream.release();
            await().until(() -> ttl(resolver.send(query)) == 60);
            assertThat(upstream.asked).hasValue(2);
        }
    }

    @Test
    @DisplayName("leaves upstreams that did not answer alone for a while, and gives the stale answer meanwhile")
    void failureRecheck() throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start(
                    "forward.upstreams = [\"" + upstream.address() + "\"]",
                    "forward.attempts = 3",
                    "forward.stale-answer-after = 1h",
                    "forward.failure-recheck = 30s");
            SimpleResolver resolver = resolver(running, false);
            Message query = recursive("outside.test.", Type.A);
            resolver.send(query);
            upstream.failing = true;
            clock.addAndGet(Duration.ofSeconds(100).toNanos());

            int asked = 4;
            for (int seconds : new int[] {0, 29, 1, 29}) {
                clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
                asked += seconds == 1 ? 3 : 0;
                assertThat(DnsFixture.summary(resolver.send(query))).isEqualTo("NOERROR outside.test. A 198.51.100.1");
                assertThat(upstream.asked).hasValue(asked);
            }
            upstream.failing = false;
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
            resolver.send(query);
            clock.addAndGet(Duration.ofSeconds(10).toNanos());
            assertThat(ttl(resolver.send(query))).isEqualTo(20);
            assertThat(upstream.asked).hasValue(asked + 1);
        }
    }

    private static long ttl(Message answer) {
        return ttls(answer).get(0);
    }

    private static List<Long> ttls(Message answer) {
        return answer.getSection(Section.ANSWER).stream().map(Record::getTTL).toList();
    }

    @Test
    @DisplayName("refuses to look up other names for strangers")
    void strangers() throws Exception {
        try (TestUpstream upstream = new TestUpstream()) {
            DnsServer running = start(
                    "forward.upstreams = [\"" + upstream.address() + "\"]", "forward.networks = [\"10.0.0.0/8\"]");

            assertThat(resolver(running, false)
                            .send(recursive("outside.test.", Type.A))
                            .getRcode())
                    .isEqualTo(Rcode.REFUSED);
            assertThat(upstream.asked).hasValue(0);
        }
    }
}
