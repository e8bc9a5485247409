package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

@DisplayName("the times to live of an upstream's answer")
class ForeignAnswerTest {
    private static final Name NAME = Name.fromConstantString("www.example.org.");
    private static final Name ZONE = Name.fromConstantString("example.org.");

    private static Message query() {
        Message query = DnsFixture.query(NAME.toString(), Type.A, DClass.IN);
        query.getHeader().setID(7);
        return query;
    }

    private static Record address(long ttl, int last) throws IOException {
        return new ARecord(
                NAME, DClass.IN, ttl, InetAddress.getByAddress(new byte[] {(byte) 198, 51, 100, (byte) last}));
    }

    private static Record soa(long ttl, long minimum) {
        return new SOARecord(ZONE, DClass.IN, ttl, ZONE, ZONE, 1, 2, 3, 4, minimum);
    }

    private static byte[] message(int code, int section, Record... records) {
        Message answer = query();
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setRcode(code);
        for (Record record : records) {
            answer.addRecord(record, section);
        }
        return answer.toWire();
    }

    private static ForeignAnswer parse(byte[] message) {
        ForeignAnswer answer = ForeignAnswer.parse(message, message.length, query().toWire(), 30);
        assertThat(answer).isNotNull();
        return answer;
    }

    private static List<Long> ttls(ForeignAnswer answer, int section) throws IOException {
        return new Message(answer.bytes().bytes())
                .getSection(section).stream().map(Record::getTTL).toList();
    }

    @Test
    @DisplayName("are cut down to the longest that is allowed; the shortest is how long the answer may be remembered")
    void bounded() throws Exception {
        ForeignAnswer answer = parse(message(
                Rcode.NOERROR, Section.ANSWER, address(Integer.MAX_VALUE, 1), address(29, 2), address(3600, 3)));

        assertThat(ttls(answer, Section.ANSWER)).containsExactly(30L, 29L, 30L);
        assertThat(answer.lifetimeSeconds()).isEqualTo(29);
    }

    @Test
    @DisplayName("count as nothing with the top bit set (RFC 2181, 8)")
    void topBit() throws Exception {
        byte[] message = message(Rcode.NOERROR, Section.ANSWER, address(0x01020304, 1));
        for (int first : new int[] {0x80, 0xFF}) {
            message[message.length - 10] = (byte) first;
            ForeignAnswer answer = parse(message);
            assertThat(ttls(answer, Section.ANSWER)).containsExactly(0L);
            assertThat(answer.lifetimeSeconds()).isZero();
        }
    }

    @Test
    @DisplayName("of an absence are at most what its SOA allows (RFC 2308, 5)")
    void negative() throws Exception {
        ForeignAnswer nothing = parse(message(Rcode.NXDOMAIN, Section.AUTHORITY, soa(900, 20)));
        ForeignAnswer longer = parse(message(Rcode.NOERROR, Section.AUTHORITY, soa(900, 3600)));

        assertThat(ttls(nothing, Section.AUTHORITY)).containsExactly(20L);
        assertThat(nothing.lifetimeSeconds()).isEqualTo(20);
        assertThat(ttls(longer, Section.AUTHORITY)).containsExactly(30L);
        assertThat(longer.lifetimeSeconds()).isEqualTo(30);
    }

    @Test
    @DisplayName("count down with the age in the cache, and are half a minute at most once they are over")
    void age() {
        byte[] message = message(Rcode.NXDOMAIN, Section.AUTHORITY, soa(25, 25));
        AnswerCache cache = new AnswerCache(DnsFixture.settings().forwarding());
        ByteKey key = new ByteKey(Arrays.copyOf(message, 20));
        cache.put(key, parse(message), 1_000_000_000L);

        AnswerCache.Entry fresh = cache.get(key, 11_900_000_000L);
        assertThat(fresh).isNotNull();
        assertThat(fresh.left(25)).isEqualTo(15);
        assertThat(fresh.left(5)).isZero();
        assertThat(fresh.toBeAsked()).isFalse();
        AnswerCache.Entry stale = cache.get(key, 26_000_000_000L);
        assertThat(stale).isNotNull();
        assertThat(stale.left(25)).isEqualTo(30);
        assertThat(stale.toBeAsked()).isTrue();
    }
}
