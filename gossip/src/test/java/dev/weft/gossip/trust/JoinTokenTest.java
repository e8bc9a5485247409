package dev.weft.gossip.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.util.ByteString;
import dev.weft.gossip.member.NodeAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A token")
class JoinTokenTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final ByteString SECRET =
            ByteString.fromArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

    private final ClusterIdentity east = ClusterIdentity.of("east", new byte[32]);
    private final ClusterIdentity west = ClusterIdentity.create("west", new SplittableRandom(1)::nextBytes);
    private final ClusterIdentity north = ClusterIdentity.create("north", new SplittableRandom(2)::nextBytes);
    private final Invitations invitations = new Invitations(2, List.of());

    @Test
    @DisplayName("is read as it was printed, is short, and does not show its secret in a log")
    void printed() {
        JoinToken token = new JoinToken(
                "east",
                east.key().fingerprint(),
                NOW,
                SECRET,
                List.of(new NodeAddress("10.0.0.1", 7001), new NodeAddress("::1", 65_535)));
        assertThat(JoinToken.parse(" " + token.print() + "\n")).isEqualTo(token);
        assertThat(token.print()).matches("weft1\\.[-_A-Za-z0-9]{80,150}");
        assertThat(token.toString()).doesNotContain("1, 2, 3");
    }

    @Test
    @DisplayName("is refused in a sentence when a character of it is missing or changed")
    void damaged() {
        String printed =
                new JoinToken("east", east.key().fingerprint(), NOW, SECRET, List.of(new NodeAddress("h", 1))).print();
        for (int i = 0; i < printed.length(); i++) {
            StringBuilder changed = new StringBuilder(printed);
            changed.setCharAt(i, printed.charAt(i) == 'A' ? 'B' : 'A');
            String one = changed.toString();
            String other = printed.substring(0, i) + printed.substring(i + 1);
            assertThatThrownBy(() -> JoinToken.parse(one)).hasMessageStartingWith("token: ");
            assertThatThrownBy(() -> JoinToken.parse(other)).hasMessageStartingWith("token: ");
        }
    }

    @Test
    @DisplayName("is used once, by the one who came first, who may ask again; not after its time; and stored as a hash")
    void usedOnce() {
        assertThat(invitations.add(SECRET, NOW.plusSeconds(60), NOW)).isTrue();
        assertThat(invitations.all().get(0).hash()).isNotEqualTo(SECRET);
        Invitations again = new Invitations(2, invitations.all());
        assertThat(again.redeem(ByteString.fromArray(new byte[16]), west.key(), NOW))
                .isEqualTo(Invitations.Outcome.UNKNOWN);
        assertThat(again.redeem(SECRET, west.key(), NOW)).isEqualTo(Invitations.Outcome.ACCEPTED);
        assertThat(again.redeem(SECRET, north.key(), NOW)).isEqualTo(Invitations.Outcome.USED);
        assertThat(again.redeem(SECRET, west.key(), NOW.plusSeconds(61))).isEqualTo(Invitations.Outcome.ACCEPTED);
        assertThat(invitations.redeem(SECRET, west.key(), NOW.plusSeconds(61))).isEqualTo(Invitations.Outcome.EXPIRED);
    }

    @Test
    @DisplayName("is not given out when too many are open, until they are old enough to be forgotten")
    void bounded() {
        assertThat(invitations.add(SECRET, NOW, NOW)).isTrue();
        assertThat(invitations.add(SECRET, NOW, NOW)).isTrue();
        assertThat(invitations.add(SECRET, NOW, NOW)).isFalse();
        assertThat(invitations.add(SECRET, NOW, NOW.plus(Duration.ofDays(2)))).isTrue();
    }
}
