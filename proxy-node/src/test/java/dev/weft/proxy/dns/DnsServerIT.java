package dev.weft.proxy.dns;

import static dev.weft.proxy.Patience.LONG;
import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.view.WatchedKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

@DisplayName("a DNS server on real sockets")
@Timeout(300)
class DnsServerIT extends DnsServerBed {
    private static final String WEB = "web.default.svc.cluster.local.";
    private static final String DB = "db.default.svc.cluster.local.";

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
}
