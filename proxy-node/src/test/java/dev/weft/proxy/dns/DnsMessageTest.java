package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import dev.weft.proxy.view.ViewBatch;
import dev.weft.proxy.view.ViewUpdate;
import dev.weft.proxy.view.WatchedKind;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

@DisplayName("a message")
class DnsMessageTest {
    private static final String WEB = "web.default.svc.cluster.local.";
    private static final String BIG = "big.default.svc.cluster.local.";
    private static final String FAR = "far.default.svc.clusterset.local.";

    private final DnsFixture fixture = new DnsFixture().withEverything();

    private final EventLoop loop = new DefaultEventLoop();

    @AfterEach
    @SuppressWarnings("FutureReturnValueIgnored") // an idle loop ends by itself
    void stop() {
        loop.shutdownGracefully();
    }

    private byte[] answered(byte[] query, boolean tcp) {
        byte[] answer = fixture.bytes(query, tcp);
        assertThat(answer).isNotNull();
        return answer;
    }

    private static int codeOf(byte[] answer) {
        return answer[3] & 0x0F;
    }

    /** A headless service of so many endpoints, in the cluster, and in the set with both families. */
    private void grow(int endpoints) {
        fixture.apply(
                WatchedKind.SERVICES,
                DnsFixture.service("big", "'clusterIP':'None','ports':[{'name':'http','port':1}]"));
        fixture.apply(
                WatchedKind.IMPORTS, DnsFixture.service("far", "'type':'Headless','ports':[{'name':'http','port':1}]"));
        String[] four = IntStream.range(0, endpoints)
                .mapToObj(i -> "10.9." + i / 250 + "." + (1 + i % 250) + ",uid=u" + i)
                .toArray(String[]::new);
        String[] six = IntStream.range(0, endpoints)
                .mapToObj(i -> "fd00::9:" + Integer.toHexString(i) + ",uid=u" + i)
                .toArray(String[]::new);
        fixture.apply(
                WatchedKind.SLICES,
                DnsFixture.slice("big-4", DnsFixture.of("big"), "IPv4", "1", four),
                DnsFixture.slice("far-4", DnsFixture.imported("far", "east"), "IPv4", "1", four),
                DnsFixture.slice("far-6", DnsFixture.imported("far", "east"), "IPv6", "1", six));
    }

    private static byte[] query(String name, int type, int payload) {
        Message query = DnsFixture.query(name, type, DClass.IN);
        if (payload > 0) {
            query.addRecord(new OPTRecord(payload, 0, 0), Section.ADDITIONAL);
        }
        return query.toWire();
    }

    @Test
    @DisplayName("that is no whole question gets FORMERR, and one that is an answer or too short gets nothing")
    void garbage() {
        byte[] good = query(WEB, Type.A, 0);
        byte[] reply = good.clone();
        reply[2] |= (byte) 0x80;
        byte[] twoQuestions = good.clone();
        twoQuestions[5] = 2;
        byte[] noQuestion = Arrays.copyOf(good, 12);
        noQuestion[5] = 0;
        byte[] pointer = good.clone();
        pointer[12] = (byte) 0xC0;

        assertThat(fixture.bytes(reply, false)).isNull();
        assertThat(fixture.bytes(Arrays.copyOf(good, 11), false)).isNull();
        for (byte[] bad : List.of(
                twoQuestions,
                noQuestion,
                pointer,
                Arrays.copyOf(good, good.length - 1),
                Arrays.copyOf(good, good.length + 1))) {
            byte[] answer = answered(bad, false);
            assertThat(codeOf(answer)).isEqualTo(Rcode.FORMERR);
            assertThat(Arrays.copyOf(answer, 2)).isEqualTo(Arrays.copyOf(good, 2));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Opcode.IQUERY, Opcode.STATUS, Opcode.NOTIFY, Opcode.UPDATE, 6})
    @DisplayName("of another kind than a question gets NOTIMP")
    void opcodes(int opcode) {
        byte[] query = query(WEB, Type.A, 0);
        query[2] = (byte) (opcode << 3);

        byte[] answer = answered(query, false);
        assertThat(codeOf(answer)).isEqualTo(Rcode.NOTIMP);
        assertThat((answer[2] >> 3) & 0x0F).isEqualTo(opcode);
    }

    @Test
    @DisplayName("with EDNS is answered with EDNS: BADVERS for a later version, the DO bit as it came")
    void edns() throws IOException {
        Message later = DnsFixture.query(WEB, Type.A, DClass.IN);
        later.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
        Message secure = DnsFixture.query(WEB, Type.A, DClass.IN);
        secure.addRecord(new OPTRecord(1232, 0, 0, 0x8000), Section.ADDITIONAL);

        Message refused = fixture.ask(later, false);
        assertThat(refused.getRcode()).isEqualTo(Rcode.BADVERS);
        assertThat(refused.getSection(Section.ANSWER)).isEmpty();
        OPTRecord opt = fixture.ask(secure, false).getOPT();
        assertThat(opt).isNotNull();
        assertThat(opt.getPayloadSize()).isEqualTo(1232);
        assertThat(opt.getFlags()).isEqualTo(0x8000);
        assertThat(fixture.ask(WEB, Type.A).getOPT()).isNull();
    }

    @Test
    @DisplayName("with two OPT records or a cookie of a wrong length gets FORMERR")
    void badEdns() {
        Message twice = DnsFixture.query(WEB, Type.A, DClass.IN);
        twice.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        twice.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
        assertThat(codeOf(answered(twice.toWire(), false))).isEqualTo(Rcode.FORMERR);
        assertThat(codeOf(answered(withCookie(query(WEB, Type.A, 1232), new byte[7]), false)))
                .isEqualTo(Rcode.FORMERR);
    }

    private static byte[] withCookie(byte[] query, byte[] cookie) {
        byte[] out = Arrays.copyOf(query, query.length + 4 + cookie.length);
        out[query.length - 1] = (byte) (4 + cookie.length);
        out[query.length + 1] = 10;
        out[query.length + 3] = (byte) cookie.length;
        System.arraycopy(cookie, 0, out, query.length + 4, cookie.length);
        return out;
    }

    @Test
    @DisplayName("that needs a large answer gets what fits and the TC bit over UDP, and all over TCP")
    void truncation() throws IOException {
        grow(200);
        byte[] plain = answered(query(BIG, Type.A, 0), false);
        Message part = new Message(plain);
        Message whole = fixture.ask(BIG, Type.A);

        assertThat(plain.length).isBetween(480, 512);
        assertThat(part.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(part.getSection(Section.ANSWER)).isNotEmpty();
        assertThat(whole.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(new TreeSet<>(whole.getSection(Section.ANSWER))).hasSize(200);
    }

    @Test
    @DisplayName(
            "from an unverified client gets 512 bytes or three times its own, and from one with a cookie all it takes")
    void amplification() throws IOException {
        grow(60);
        byte[] query = query(BIG, Type.A, 4096);
        assertThat(answered(query, false).length).isBetween(480, 512);

        byte[] client = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] first = answered(withCookie(query, client), false);
        assertThat(first.length).isBetween(470, 512);
        byte[] cookie = Arrays.copyOfRange(first, first.length - 24, first.length);
        assertThat(Arrays.copyOf(cookie, 8)).isEqualTo(client);
        byte[] second = answered(withCookie(query, cookie), false);
        assertThat(new Message(second).getSection(Section.ANSWER)).hasSize(60);

        cookie[20] ^= 1;
        assertThat(answered(withCookie(query, cookie), false).length).isLessThanOrEqualTo(512);
    }

    @Test
    @DisplayName(
            "for a large headless import gets the same endpoints for A and AAAA over UDP, each client its own (DNS-14)")
    void sameSubset() throws Exception {
        grow(200);
        List<Integer> starts = new ArrayList<>();
        for (String client : List.of("127.0.0.1", "10.0.0.1", "10.7.0.9")) {
            List<Integer> four = endpoints(client, Type.A);
            List<Integer> six = endpoints(client, Type.AAAA);
            assertThat(four).isEqualTo(six).isNotEmpty();
            assertThat(endpoints(client, Type.A)).isEqualTo(four);
            starts.add(four.get(0));
        }
        assertThat(new TreeSet<>(starts)).hasSize(3);
        assertThat(fixture.ask(FAR, Type.A).getSection(Section.ANSWER)).hasSize(200);
    }

    /** Numbers of the endpoints that a client is told over UDP. */
    private List<Integer> endpoints(String client, int type) throws IOException {
        byte[] query = query(FAR, type, 0);
        System.arraycopy(query, 0, fixture.exchange.message, 0, query.length);
        fixture.exchange.length = query.length;
        fixture.exchange.tcp = false;
        fixture.exchange.client = InetAddress.getByName(client);
        fixture.answer.answer(fixture.exchange, fixture.data);
        Message answer =
                new Message(Arrays.copyOf(fixture.exchange.response.bytes(), fixture.exchange.response.length()));
        assertThat(answer.getHeader().getFlag(Flags.TC)).isFalse();
        List<Integer> numbers = new ArrayList<>();
        for (Record record : answer.getSection(Section.ANSWER)) {
            byte[] data = record.rdataToWireCanonical();
            numbers.add(
                    type == Type.A
                            ? (data[2] & 0xFF) * 250 + (data[3] & 0xFF) - 1
                            : Wire.unsignedShort(data, data.length - 2));
        }
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(longs = {20_261_121, 1, 2})
    @DisplayName("of random or mutated bytes never fails, and gets one answer at most, bounded and readable")
    void fuzz(long seed) throws IOException {
        grow(120);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] client = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] first = answered(withCookie(query(BIG, Type.A, 4096), client), false);
        byte[] proven =
                withCookie(query(BIG, Type.A, 4096), Arrays.copyOfRange(first, first.length - 24, first.length));
        List<byte[]> seeds = List.of(
                query(WEB, Type.A, 0),
                query(BIG, Type.A, 4096),
                query("_http._tcp." + BIG, Type.SRV, 1232),
                query(FAR, Type.AAAA, 1232),
                query("1.0.1.10.in-addr.arpa.", Type.PTR, 0),
                query("1.".repeat(32) + "ip6.arpa.", Type.PTR, 0),
                query("inside.default.svc.cluster.local.", Type.A, 512),
                query("cluster.local.", Type.ANY, 4096),
                query("example.org.", Type.A, 4096),
                withCookie(query(BIG, Type.A, 4096), new byte[24]),
                proven);
        QuestionService service = service();
        List<byte[]> answers = new ArrayList<>();
        Reply reply = (bytes, length) -> answers.add(Arrays.copyOf(bytes, length));
        for (int i = 0; i < 70_000; i++) {
            byte[] message = i % 4 == 0
                    ? bytes(random, random.nextInt(80))
                    : mutated(random, seeds.get(random.nextInt(seeds.size())));
            boolean tcp = i % 10 == 9;
            String what = "seed " + seed + " round " + i + ": " + Arrays.toString(message);
            answers.clear();
            try {
                fixture.exchange.client = InetAddress.getLoopbackAddress();
                System.arraycopy(message, 0, fixture.exchange.message, 0, message.length);
                fixture.exchange.length = message.length;
                fixture.exchange.tcp = tcp;
                service.handle(fixture.exchange, loop, reply);
            } catch (RuntimeException e) {
                throw new AssertionError(what, e);
            }
            assertThat(answers).as(what).hasSizeLessThan(2);
            for (byte[] answer : answers) {
                boolean verified = contains(message, Arrays.copyOfRange(first, first.length - 24, first.length));
                int bound = tcp ? 65_535 : verified ? 1232 : Math.max(512, 3 * message.length);
                assertThat(answer.length).as(what).isLessThanOrEqualTo(bound);
                assertThat(Arrays.copyOf(answer, 2)).as(what).isEqualTo(Arrays.copyOf(message, 2));
                assertThat(answer[2] & 0x80).as(what).isEqualTo(0x80);
                new Message(answer);
            }
        }
        byte[] good = query(WEB, Type.A, 0);
        assertThat(new Message(answered(good, false)).getSection(Section.ANSWER))
                .hasSize(1);
    }

    private static boolean contains(byte[] message, byte[] part) {
        for (int at = 0; at + part.length <= message.length; at++) {
            if (Arrays.equals(message, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] mutated(SplittableRandom random, byte[] from) {
        byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(from, random.nextInt(from.length + 30)) : from.clone();
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    @Test
    @DisplayName("is answered from 10,000 services of 10 endpoints, of which a change touches one")
    void manyServices() {
        List<JsonNode> services = new ArrayList<>();
        List<JsonNode> slices = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            String name = "s" + i;
            boolean headless = i % 2 == 0;
            services.add(DnsFixture.service(
                    name,
                    "'clusterIP':'" + (headless ? "None" : "127.96." + i / 250 + "." + (1 + i % 250))
                            + "','ports':[{'name':'http','port':80}]"));
            int number = i;
            slices.add(DnsFixture.slice(
                    name + "-x",
                    DnsFixture.of(name),
                    "IPv4",
                    "8080",
                    IntStream.range(0, 10)
                            .mapToObj(n -> "10." + number / 250 + "." + number % 250 + "." + (n + 1))
                            .toArray(String[]::new)));
        }
        DnsFixture many = new DnsFixture();
        many.apply(WatchedKind.SERVICES, services.toArray(JsonNode[]::new));
        many.apply(WatchedKind.SLICES, slices.toArray(JsonNode[]::new));
        many.data = ZoneData.unknown(new ServiceNaming(many.zones, 5));
        long without = usedBytes();
        many.data =
                many.data.updated(new ViewUpdate(many.view, many.view.keys(), true), DnsFixture.NODE, DnsFixture.NOW);
        assertThat(usedBytes() - without)
                .as("bytes kept for 10,000 services, half of them headless")
                .isLessThan(160L << 20);

        assertThat(many.ask("s4.default.svc.cluster.local.", Type.A).getSection(Section.ANSWER))
                .hasSize(10);
        assertThat(many.data.services()).isEqualTo(10_000);
        ZoneData before = many.data;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long most = 0;
        for (int i = 0; i < 200; i++) {
            ViewUpdate update = many.view.apply(List.of(new ViewBatch(
                    WatchedKind.SLICES,
                    null,
                    Map.of(
                            "default/s4-x",
                            new ViewBatch.Change(
                                    DnsFixture.slice(
                                            "s4-x", DnsFixture.of("s4"), "IPv4", "8080", "10.0.4." + (1 + i % 9)),
                                    false)))));
            many.view = update.view();
            long begun = threads.getCurrentThreadAllocatedBytes();
            many.data = many.data.updated(update, DnsFixture.NODE, DnsFixture.NOW);
            most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - begun);
        }
        assertThat(most)
                .as("bytes for the change of one: two indexes of 16 KiB, and its records")
                .isLessThan(96 << 10);
        assertThat(DnsFixture.summary(many.ask("s4.default.svc.cluster.local.", Type.A)))
                .isEqualTo("NOERROR s4.default.svc.cluster.local. A 10.0.4.2");
        ParsedName other = new ParsedName();
        byte[] key = DnsName.wire("s8.default.");
        other.parse(key, 0, key.length);
        assertThat(many.data.service(other, 0, false)).isSameAs(before.service(other, 0, false));
    }

    /** What is in use after a collection. */
    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    @Test
    @DisplayName("is answered without allocating, whatever it asks of services, cookie, rate and count included")
    void allocatesNothing() {
        grow(30);
        byte[] client = {1, 2, 3, 4, 5, 6, 7, 8};
        byte[] first = answered(withCookie(query(WEB, Type.A, 1232), client), false);
        List<byte[]> queries = List.of(
                query(WEB, Type.A, 1232),
                query("nothing.default.svc.cluster.local.", Type.A, 0),
                query("_http._tcp.db.default.svc.cluster.local.", Type.SRV, 1232),
                query(BIG, Type.A, 1232),
                query(FAR, Type.AAAA, 0),
                query("inside.default.svc.cluster.local.", Type.A, 0),
                withCookie(query(WEB, Type.A, 1232), client),
                withCookie(query(BIG, Type.A, 1232), Arrays.copyOfRange(first, first.length - 24, first.length)));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        QuestionService service = service("rate-limit.exempt = [\"10.0.0.0/8\", \"::1/128\"]");
        int[] sent = new int[1];
        Reply reply = (bytes, length) -> sent[0]++;
        answerMany(service, queries, 20_000, reply);
        long before = threads.getCurrentThreadAllocatedBytes();
        answerMany(service, queries, 20_000, reply);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(sent[0]).isEqualTo(40_000);
        assertThat(allocated).as("bytes for 20,000 answers").isLessThan(20_000);
    }

    private QuestionService service(String... overrides) {
        List<String> all = new ArrayList<>(List.of("rate-limit.responses-per-second = 1000000"));
        all.addAll(List.of(overrides));
        long[] nanos = new long[1];
        return new QuestionService(
                DnsFixture.settings(all.toArray(String[]::new)),
                fixture.answer,
                () -> fixture.data,
                null,
                new DnsCounts(),
                new FixedClock(),
                () -> nanos[0] += 1_000_000);
    }

    /** Gives out the same time without making an object of it. */
    private static final class FixedClock implements InstantSource {
        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(DnsFixture.NOW);
        }

        @Override
        public long millis() {
            return DnsFixture.NOW * 1000;
        }
    }

    private void answerMany(QuestionService service, List<byte[]> queries, int times, Reply reply) {
        Exchange exchange = fixture.exchange;
        exchange.tcp = false;
        for (int i = 0; i < times; i++) {
            byte[] query = queries.get(i % queries.size());
            System.arraycopy(query, 0, exchange.message, 0, query.length);
            exchange.length = query.length;
            service.handle(exchange, loop, reply);
        }
    }
}
