package dev.weft.proxy.dns;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

@DisplayName("a DNS server that forwards")
@Timeout(300)
class DnsForwardingIT extends DnsServerBed {

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
