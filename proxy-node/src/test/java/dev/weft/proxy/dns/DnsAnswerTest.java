package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.WatchedKind;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

@DisplayName("the answer to a question")
class DnsAnswerTest {
    private static final String WEB = "web.default.svc.cluster.local.";
    private static final String DB = "db.default.svc.cluster.local.";
    private static final String SHOP = "shop.default.svc.clusterset.local.";
    private static final String PEERS = "peers.default.svc.clusterset.local.";

    private final DnsFixture fixture = new DnsFixture().withEverything();

    private static Arguments row(String rule, String name, String type, String expected) {
        return Arguments.of(rule, name, type, expected);
    }

    static Stream<Arguments> cluster() {
        return Stream.of(
                row("DNS-1", "dns-version.cluster.local.", "TXT", "NOERROR dns-version.cluster.local. TXT \"1.1.0\""),
                row("DNS-1", "dns-version.cluster.local.", "A", "NOERROR"),
                row("DNS-2", WEB, "A", "NOERROR " + WEB + " A 127.96.0.10"),
                row("DNS-2", WEB, "AAAA", "NOERROR " + WEB + " AAAA fd00:0:0:0:0:0:0:10"),
                row("DNS-2", "plain.default.svc.cluster.local.", "AAAA", "NOERROR"),
                row("DNS-2", WEB, "MX", "NOERROR"),
                row("DNS-3", "_http._tcp." + WEB, "SRV", "NOERROR _http._tcp." + WEB + " SRV 0 100 80 " + WEB),
                row("DNS-3", "_dns._udp." + WEB, "SRV", "NOERROR _dns._udp." + WEB + " SRV 0 100 53 " + WEB),
                row("DNS-3", "_dns._tcp." + WEB, "SRV", "NXDOMAIN"),
                row("DNS-3", "_tcp." + WEB, "SRV", "NOERROR"), // exists, since names below it do
                row("DNS-3", "__._tcp.plain.default.svc.cluster.local.", "SRV", "NXDOMAIN"), // no name, no SRV
                row("DNS-3", "_http._tcp." + WEB, "A", "NOERROR"),
                row("DNS-4", "10.0.96.127.in-addr.arpa.", "PTR", "NOERROR 10.0.96.127.in-addr.arpa. PTR " + WEB),
                row("DNS-4", reverse6("10"), "PTR", "NOERROR " + reverse6("10") + " PTR " + WEB),
                row("DNS-4", "12.0.96.127.in-addr.arpa.", "PTR", "NXDOMAIN"),
                row("DNS-5", DB, "A", "NOERROR " + a(DB, "10.1.0.1", "10.1.0.2", "10.1.0.3")),
                row("DNS-5", DB, "AAAA", "NOERROR " + DB + " AAAA fd00:0:0:0:0:0:0:1"),
                row("DNS-5", "empty.default.svc.cluster.local.", "A", "NXDOMAIN"),
                row("DNS-6", "db-0." + DB, "A", "NOERROR " + a("db-0." + DB, "10.1.0.1")),
                row("DNS-6", "db-0." + DB, "AAAA", "NOERROR db-0." + DB + " AAAA fd00:0:0:0:0:0:0:1"),
                row("DNS-6", "10-1-0-3." + DB, "A", "NOERROR " + a("10-1-0-3." + DB, "10.1.0.3")),
                row("DNS-6", "db-3." + DB, "A", "NXDOMAIN"), // not ready
                row("DNS-6", "db-0." + WEB, "A", "NXDOMAIN"), // not headless
                row(
                        "DNS-7",
                        "_http._tcp." + DB,
                        "SRV",
                        "NOERROR _http._tcp." + DB + " SRV 0 33 5432 10-1-0-3." + DB + "; _http._tcp." + DB
                                + " SRV 0 33 5432 db-0." + DB + "; _http._tcp." + DB + " SRV 0 33 5432 db-1." + DB),
                row("DNS-8", "2.0.1.10.in-addr.arpa.", "PTR", "NOERROR 2.0.1.10.in-addr.arpa. PTR db-1." + DB),
                row("DNS-8", "4.0.1.10.in-addr.arpa.", "PTR", "NXDOMAIN"), // not ready
                row(
                        "DNS-9",
                        "outside.default.svc.cluster.local.",
                        "A",
                        "NOERROR outside.default.svc.cluster.local. CNAME example.org."),
                row(
                        "DNS-9",
                        "outside.default.svc.cluster.local.",
                        "CNAME",
                        "NOERROR outside.default.svc.cluster.local. CNAME example.org."),
                row(
                        "DNS-9",
                        "inside.default.svc.cluster.local.",
                        "A",
                        "NOERROR inside.default.svc.cluster.local. CNAME " + WEB + "; " + WEB + " A 127.96.0.10"),
                row(
                        "DNS-9",
                        "dangling.default.svc.cluster.local.",
                        "A",
                        "NXDOMAIN dangling.default.svc.cluster.local. CNAME nothing.default.svc.cluster.local."),
                row("DNS-9", "_http._tcp.outside.default.svc.cluster.local.", "SRV", "NXDOMAIN"),
                row("DNS-10", "10-1-0-1.default.pod.cluster.local.", "A", "NXDOMAIN"),
                row("trap", "cluster.local.", "A", "NOERROR"),
                row("trap", "svc.cluster.local.", "A", "NOERROR"),
                row("trap", "default.svc.cluster.local.", "A", "NOERROR"),
                row("trap", "other.svc.cluster.local.", "A", "NXDOMAIN"),
                row("trap", "nothing.default.svc.cluster.local.", "A", "NXDOMAIN"),
                row("trap", "a.b.c." + WEB, "A", "NXDOMAIN"),
                row("trap", "nonsense.cluster.local.", "A", "NXDOMAIN"),
                row(
                        "SOA",
                        "cluster.local.",
                        "SOA",
                        "NOERROR cluster.local. SOA ns.dns.cluster.local. hostmaster.cluster.local. 1800000002 7200 1800 86400 5"),
                row("NS", "cluster.local.", "NS", "NOERROR cluster.local. NS ns.dns.cluster.local."),
                row("NS", "ns.dns.cluster.local.", "A", "NOERROR ns.dns.cluster.local. A 127.0.0.1"),
                row("RFC 8482", WEB, "ANY", "NOERROR " + WEB + " HINFO \"RFC8482\" \"\""),
                row("RFC 8482", "nothing." + WEB, "ANY", "NXDOMAIN"),
                row("transfer", "cluster.local.", "AXFR", "REFUSED"),
                row("transfer", "cluster.local.", "IXFR", "REFUSED"),
                row("not ours", "example.org.", "A", "REFUSED"),
                row("not ours", "xcluster.local.", "A", "REFUSED"),
                row("not ours", ".", "NS", "REFUSED"),
                row("not ours", "8.8.8.8.in-addr.arpa.", "PTR", "REFUSED"),
                row("DNS-4", "96.127.in-addr.arpa.", "PTR", "NOERROR"),
                row("DNS-4", "010.0.96.127.in-addr.arpa.", "PTR", "REFUSED"));
    }

    static Stream<Arguments> clusterSet() {
        return Stream.of(
                row(
                        "DNS-11",
                        "dns-version.clusterset.local.",
                        "TXT",
                        "NOERROR dns-version.clusterset.local. TXT \"1.0.0\""),
                row("DNS-12", SHOP, "A", "NOERROR " + SHOP + " A 127.97.0.1"),
                row("DNS-12", SHOP, "AAAA", "NOERROR"),
                row("DNS-13", "_http._tcp." + SHOP, "SRV", "NOERROR _http._tcp." + SHOP + " SRV 0 100 80 " + SHOP),
                row("mcs-api conformance", SHOP, "SRV", "NOERROR " + SHOP + " SRV 0 100 80 " + SHOP),
                row("DNS-14", PEERS, "A", "NOERROR " + a(PEERS, "10.3.0.2", "10.4.0.2")),
                row("DNS-14", "none.default.svc.clusterset.local.", "A", "NXDOMAIN"),
                row("DNS-15", "p-0.west." + PEERS, "A", "NOERROR p-0.west." + PEERS + " A 10.3.0.2"),
                row("DNS-15", "p-0.east." + PEERS, "A", "NOERROR p-0.east." + PEERS + " A 10.4.0.2"),
                row("DNS-15", "p-0." + PEERS, "A", "NXDOMAIN"),
                row(
                        "DNS-16",
                        "_http._tcp." + PEERS,
                        "SRV",
                        "NOERROR _http._tcp." + PEERS + " SRV 0 50 7000 p-0.west." + PEERS + "; _http._tcp." + PEERS
                                + " SRV 0 50 7001 p-0.east." + PEERS),
                row(
                        "mcs-api conformance",
                        PEERS,
                        "SRV",
                        "NOERROR " + PEERS + " SRV 0 50 7000 p-0.west." + PEERS + "; " + PEERS
                                + " SRV 0 50 7001 p-0.east." + PEERS),
                row("DNS-17", "west." + PEERS, "A", "NXDOMAIN"),
                row("DNS-17", "west." + SHOP, "A", "NXDOMAIN"),
                row("DNS-18", "1.0.97.127.in-addr.arpa.", "PTR", "NXDOMAIN"),
                row(
                        "one cluster",
                        "shop.default.svc.east.clusters.local.",
                        "A",
                        "NOERROR " + a("shop.default.svc.east.clusters.local.", "10.4.0.1")),
                row(
                        "one cluster",
                        "_http._tcp.shop.default.svc.east.clusters.local.",
                        "SRV",
                        "NOERROR _http._tcp.shop.default.svc.east.clusters.local. SRV 0 100 8081 10-4-0-1.shop.default.svc.east.clusters.local."),
                row(
                        "one cluster",
                        "p-0.peers.default.svc.west.clusters.local.",
                        "A",
                        "NOERROR " + a("p-0.peers.default.svc.west.clusters.local.", "10.3.0.2")),
                row("one cluster", "shop.default.svc.north.clusters.local.", "A", "NXDOMAIN"),
                row("one cluster", "none.default.svc.east.clusters.local.", "A", "NXDOMAIN"),
                row("one cluster", "svc.east.clusters.local.", "A", "NOERROR"),
                row("one cluster", "east.clusters.local.", "A", "NOERROR"),
                row("one cluster", "clusters.local.", "NS", "NOERROR clusters.local. NS ns.dns.clusters.local."));
    }

    private static String a(String name, String... addresses) {
        return String.join(
                "; ",
                Stream.of(addresses).map(address -> name + " A " + address).toList());
    }

    /** Of {@code fd00::xx}. */
    private static String reverse6(String lastByte) {
        return lastByte.charAt(1) + "." + lastByte.charAt(0) + "." + "0.".repeat(26) + "0.0.d.f.ip6.arpa.";
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource({"cluster", "clusterSet"})
    @DisplayName("follows the rules of the specifications")
    void rules(String rule, String name, String type, String expected) {
        Message answer = fixture.ask(name, Type.value(type));

        assertThat(DnsFixture.summary(answer)).as(rule).isEqualTo(expected);
        boolean ours = !expected.equals("REFUSED");
        assertThat(answer.getHeader().getFlag(Flags.AA)).as("authority").isEqualTo(ours);
        boolean negative = expected.equals("NXDOMAIN") || expected.equals("NOERROR");
        if (negative) {
            assertThat(answer.getSection(Section.AUTHORITY))
                    .singleElement()
                    .isInstanceOfSatisfying(SOARecord.class, soa -> {
                        assertThat(soa.getMinimum()).isEqualTo(5);
                        assertThat(name).endsWith(soa.getName().toString());
                    });
        }
    }

    @Test
    @DisplayName("keeps the letters' case as asked")
    void keepsCase() {
        Message answer = fixture.ask("wEb.DEFAULT.svc.Cluster.LOCAL.", Type.A);

        assertThat(answer.getQuestion().getName().toString()).isEqualTo("wEb.DEFAULT.svc.Cluster.LOCAL.");
        assertThat(answer.getSection(Section.ANSWER))
                .singleElement()
                .satisfies(
                        record -> assertThat(record.getName().toString()).isEqualTo("wEb.DEFAULT.svc.Cluster.LOCAL."));
    }

    @Test
    @DisplayName("tells the addresses of an SRV record's targets along with it")
    void additional() {
        List<Record> additional = fixture.ask("_http._tcp." + DB, Type.SRV).getSection(Section.ADDITIONAL);

        assertThat(additional.stream().map(record -> record.getName() + " " + record.rdataToString()))
                .containsExactlyInAnyOrder(
                        "db-1." + DB + " 10.1.0.2",
                        "10-1-0-3." + DB + " 10.1.0.3",
                        "db-0." + DB + " 10.1.0.1",
                        "db-0." + DB + " fd00:0:0:0:0:0:0:1");
    }

    @Test
    @DisplayName("names near endpoints first: this node, this zone, the rest")
    void nearFirst() {
        for (int turn = 0; turn < 5; turn++) {
            fixture.exchange.rotation = turn;
            assertThat(addresses(fixture.ask(DB, Type.A))).containsExactly("10.1.0.2", "10.1.0.3", "10.1.0.1");
        }
    }

    @Test
    @DisplayName("rotates endpoints that are equally near")
    void rotates() {
        fixture.apply(
                WatchedKind.SLICES,
                DnsFixture.slice("db-4", DnsFixture.of("db"), "IPv4", "1", "10.1.0.1", "10.1.0.2", "10.1.0.3"),
                DnsFixture.slice("db-6", DnsFixture.of("db"), "IPv6", "1"));

        List<String> firsts = Stream.of(0, 1, 2, 3)
                .map(turn -> {
                    fixture.exchange.rotation = turn;
                    return addresses(fixture.ask(DB, Type.A)).get(0);
                })
                .toList();

        assertThat(firsts).containsExactly("10.1.0.1", "10.1.0.2", "10.1.0.3", "10.1.0.1");
    }

    private static List<String> addresses(Message answer) {
        return answer.getSection(Section.ANSWER).stream()
                .map(record -> record.rdataToString().toLowerCase(Locale.ROOT))
                .toList();
    }

    @Test
    @DisplayName("refuses other classes")
    void otherClass() {
        Message chaos = fixture.ask(DnsFixture.query("version.bind.", Type.TXT, DClass.CH), true);
        Message any = fixture.ask(DnsFixture.query(WEB, Type.A, DClass.ANY), true);

        assertThat(DnsFixture.summary(chaos)).isEqualTo("REFUSED");
        assertThat(DnsFixture.summary(any)).isEqualTo("REFUSED");
    }

    @Test
    @DisplayName("is SERVFAIL before the first picture, and NXDOMAIN only after")
    void unknownAtFirst() {
        DnsFixture unknown = new DnsFixture();

        assertThat(DnsFixture.summary(unknown.ask(WEB, Type.A))).isEqualTo("SERVFAIL");
        assertThat(DnsFixture.summary(unknown.ask("10.0.96.127.in-addr.arpa.", Type.PTR)))
                .isEqualTo("SERVFAIL");
        assertThat(DnsFixture.summary(unknown.ask("dns-version.cluster.local.", Type.TXT)))
                .startsWith("NOERROR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring", "there", "back", "into-ring", "chain-0"})
    @DisplayName("to a ring of aliases, or to too many behind each other, is SERVFAIL and none of them")
    void aliasRing(String name) {
        fixture.apply(
                WatchedKind.SERVICES, alias("there", "back"), alias("back", "There"), alias("into-ring", "there"));
        for (int i = 0; i < 20; i++) {
            fixture.apply(WatchedKind.SERVICES, alias("chain-" + i, "chain-" + (i + 1)));
        }

        assertThat(DnsFixture.summary(fixture.ask(name + ".default.svc.cluster.local.", Type.A)))
                .isEqualTo("SERVFAIL");
        assertThat(DnsFixture.summary(
                        fixture.ask(DnsFixture.query(name + ".default.svc.cluster.local.", Type.A, DClass.IN), false)))
                .isEqualTo("SERVFAIL");
    }

    private static JsonNode alias(String name, String target) {
        return DnsFixture.service(
                name, "'type':'ExternalName','externalName':'" + target + ".default.svc.cluster.local'");
    }

    @Test
    @DisplayName("goes with a change of one service: its names, its reverse names, and no other's")
    void followsChanges() {
        fixture.apply(
                WatchedKind.SLICES,
                DnsFixture.slice("db-4", DnsFixture.of("db"), "IPv4", "5432", "10.1.0.9,db-9"),
                DnsFixture.slice("db-6", DnsFixture.of("db"), "IPv6", "5432"));

        assertThat(DnsFixture.summary(fixture.ask(DB, Type.A))).isEqualTo("NOERROR " + DB + " A 10.1.0.9");
        assertThat(DnsFixture.summary(fixture.ask("2.0.1.10.in-addr.arpa.", Type.PTR)))
                .isEqualTo("NXDOMAIN");
        assertThat(DnsFixture.summary(fixture.ask("9.0.1.10.in-addr.arpa.", Type.PTR)))
                .contains("db-9." + DB);

        fixture.delete(WatchedKind.SERVICES, "default/web");
        assertThat(DnsFixture.summary(fixture.ask(WEB, Type.A))).isEqualTo("NXDOMAIN");
        assertThat(DnsFixture.summary(fixture.ask("10.0.96.127.in-addr.arpa.", Type.PTR)))
                .isEqualTo("NXDOMAIN");
        assertThat(DnsFixture.summary(fixture.ask("plain.default.svc.cluster.local.", Type.A)))
                .contains("127.96.0.11");
    }

    @Test
    @DisplayName("names an address after all headless services that it is an endpoint of")
    void severalPointers() {
        fixture.apply(WatchedKind.SERVICES, DnsFixture.service("twin", "'clusterIP':'None','ports':[]"));
        fixture.apply(
                WatchedKind.SLICES, DnsFixture.slice("twin-4", DnsFixture.of("twin"), "IPv4", "1", "10.1.0.2,t-0"));

        assertThat(addresses(fixture.ask("2.0.1.10.in-addr.arpa.", Type.PTR)))
                .containsExactlyInAnyOrder("db-1." + DB, "t-0.twin.default.svc.cluster.local.");
        fixture.delete(WatchedKind.SERVICES, "default/db");
        assertThat(addresses(fixture.ask("2.0.1.10.in-addr.arpa.", Type.PTR)))
                .containsExactly("t-0.twin.default.svc.cluster.local.");
    }

    @Test
    @DisplayName("is the same in each of several zones, and reverse names lead to the first")
    void severalZones() {
        DnsFixture both = new DnsFixture("zones = [\"cluster.local\", \"corp.example\"]").withEverything();

        assertThat(DnsFixture.summary(both.ask("_http._tcp.web.default.svc.corp.example.", Type.SRV)))
                .endsWith("SRV 0 100 80 web.default.svc.corp.example.");
        assertThat(DnsFixture.summary(both.ask("10.0.96.127.in-addr.arpa.", Type.PTR)))
                .endsWith("PTR " + WEB);
    }

    @Test
    @DisplayName("echoes a pod's address when that is configured, and checks it when that is (DNS-10)")
    void pods() {
        DnsFixture insecure = new DnsFixture("pods = insecure").withEverything();
        PodAddresses known = new PodAddresses();
        DnsFixture verified = new DnsFixture(known, "pods = verified").withEverything();
        String name = "10-1-0-1.default.pod.cluster.local.";

        assertThat(DnsFixture.summary(insecure.ask(name, Type.A))).isEqualTo("NOERROR " + name + " A 10.1.0.1");
        assertThat(DnsFixture.summary(insecure.ask("fd00--7.default.pod.cluster.local.", Type.AAAA)))
                .endsWith("AAAA fd00:0:0:0:0:0:0:7");
        assertThat(DnsFixture.summary(insecure.ask("hello.default.pod.cluster.local.", Type.A)))
                .isEqualTo("NXDOMAIN");
        assertThat(DnsFixture.summary(verified.ask(name, Type.A))).isEqualTo("SERVFAIL");
        known.replaced(List.of(DnsFixture.json(
                "{'metadata':{'namespace':'default','name':'p'},'status':{'phase':'Running','podIP':'10.1.0.1'}}")));
        assertThat(DnsFixture.summary(verified.ask(name, Type.A))).isEqualTo("NOERROR " + name + " A 10.1.0.1");
        assertThat(DnsFixture.summary(verified.ask("10-1-0-1.other.pod.cluster.local.", Type.A)))
                .isEqualTo("NXDOMAIN");
        known.replaced(List.of());
        assertThat(DnsFixture.summary(verified.ask(name, Type.A))).isEqualTo("NXDOMAIN");
    }
}
