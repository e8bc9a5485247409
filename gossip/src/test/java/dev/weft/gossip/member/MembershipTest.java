package dev.weft.gossip.member;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.gossip.clock.HybridTimestamp;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A member")
class MembershipTest {
    private static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    private static final NodeId WEST = new NodeId("west", new NodeAddress("w", 1));
    private static final MemberSettings SETTINGS = new MemberSettings(
            Duration.ofMillis(500),
            512,
            8,
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofDays(7),
            new FreshnessSettings(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofDays(1)),
            Duration.ofSeconds(30));

    private final Membership membership =
            new Membership(SETTINGS, node(new NodeId("east", new NodeAddress("e", 1)), START, START));

    @ParameterizedTest(name = "{0} ms after its last heartbeat: {1}")
    @CsvSource({"0, ALIVE", "1000, ALIVE", "2400, ALIVE", "4000, SUSPECT", "9000, SUSPECT", "10001, UNREACHABLE"})
    @DisplayName("is trusted less the longer it is silent")
    void suspicion(long silenceMillis, Status expected) {
        Instant now = START;
        for (int i = 0; i < 20; i++) {
            now = START.plusMillis(500L * i);
            membership.hear(node(WEST, START, now), now);
        }
        assertThat(membership.status(WEST, now.plusMillis(silenceMillis))).isEqualTo(expected);
    }

    @Test
    @DisplayName("that stopped is unreachable at once, and alive again in its next life")
    void stops() {
        membership.hear(node(WEST, START, START), START);
        membership.hear(node(WEST, START, START).departing(Node.Presence.STOPPED, stamp(START)), START);
        assertThat(membership.status(WEST, START)).isEqualTo(Status.UNREACHABLE);
        Instant later = START.plusSeconds(1);
        assertThat(membership.hear(node(WEST, later, later), later)).isTrue();
        assertThat(membership.status(WEST, later)).isEqualTo(Status.ALIVE);
    }

    @ParameterizedTest(name = "{0} ms after its last heartbeat: {1}")
    @CsvSource({"0, true", "4000, true", "10000, true", "10001, false"})
    @DisplayName("keeps its name, for its key and its life, until it is unreachable rather than while it is suspect")
    void keepsItsName(long silenceMillis, boolean present) {
        membership.hear(node(WEST, START, START), START);
        Instant now = START.plusMillis(silenceMillis);
        assertThat(membership.present("west", null, now)).isEqualTo(present);
        assertThat(membership.presentElsewhere("west", 2, null, now)).isEqualTo(present);
        assertThat(membership.present("west", WEST, now))
                .as("others than itself")
                .isFalse();
        assertThat(membership.presentElsewhere("west", 1, null, now))
                .as("another life")
                .isFalse();
    }

    @Test
    @DisplayName("that left or said that it stops gives its name up at once")
    void givesItsNameUp() {
        Instant now = START;
        for (Node.Presence how : new Node.Presence[] {Node.Presence.STOPPED, Node.Presence.LEFT}) {
            now = now.plusSeconds(1);
            membership.hear(node(WEST, now, now), now);
            assertThat(membership.present("west", null, now)).isTrue();
            membership.hear(node(WEST, now, now).departing(how, stamp(now)), now);
            assertThat(membership.present("west", null, now)).isFalse();
        }
    }

    @Test
    @DisplayName("is not alive because somebody tells an old heartbeat")
    void oldWords() {
        Instant now = START.plusSeconds(3600);
        membership.hear(node(WEST, START, START), now);
        assertThat(membership.status(WEST, now)).isNotEqualTo(Status.ALIVE);
    }

    @Test
    @DisplayName("is forgotten only after the retention")
    void retention() {
        membership.hear(node(WEST, START, START), START);
        assertThat(membership.expire(START.plus(Duration.ofDays(7)))).isEmpty();
        assertThat(membership.expire(START.plus(Duration.ofDays(8)))).containsExactly(WEST);
        assertThat(membership.size()).isZero();
    }

    @Test
    @DisplayName("outdoes what an earlier life of its process said with a faster clock")
    void refutes() {
        Node self = membership.self();
        membership.hear(node(self.id(), START.plusSeconds(30), START.plusSeconds(31)), START);
        assertThat(membership.self().started()).isGreaterThan(stamp(START.plusSeconds(30)));
    }

    private static Node node(NodeId id, Instant started, Instant beat) {
        return new Node(id, 1, stamp(started), stamp(beat), Node.Presence.HERE);
    }

    private static long stamp(Instant time) {
        return HybridTimestamp.ofMillis(time.toEpochMilli()).packed();
    }
}
