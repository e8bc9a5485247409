package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.member.Status;
import dev.weft.gossip.spread.SimulatedFederation.Disk;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.trust.ClusterIdentity;
import dev.weft.gossip.trust.JoinToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Two processes of a cluster, of which one knows a token and each knows where the other is,")
class ProcessesTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final SimulatedFederation federation = new SimulatedFederation(31).closed();
    private final ClusterIdentity shared = ClusterIdentity.create("east", federation.random::nextBytes);
    private final Sim one = federation.start("east1", "east", new Disk(shared), OptionalLong.of(77));
    private final Sim two = federation.start("east2", "east", new Disk(shared), OptionalLong.of(77));
    private final Sim west = federation.start("west", new Disk());
    private final List<Sim> all = List.of(one, two, west);

    @BeforeEach
    void join() {
        one.core.beside(Set.of(SimulatedFederation.address("east2")));
        two.core.beside(Set.of(SimulatedFederation.address("east1")));
        join(west, one);
        one.core.reset(0, 0, Map.of("a", ByteString.fromString("1")));
        two.core.reset(1, 0, Map.of("b", ByteString.fromString("1")));
        west.core.reset(0, 0, Map.of("w", ByteString.fromString("1")));
        federation.run(LONG);
    }

    @Test
    @DisplayName("both take part: each says what its shards export and hears of others, also when the other is gone")
    void takePart() {
        all.forEach(process -> assertThat(process.heard()).containsOnlyKeys("east/0/a", "east/1/b", "west/0/w"));
        one.crash();
        federation.run(LONG);
        two.put(1, "b", "2");
        west.put(0, "w", "2");
        federation.run(LONG);
        assertThat(west.heard()).containsEntry("east/1/b", "2");
        assertThat(two.heard()).containsEntry("west/0/w", "2");
        assertThat(west.status("east")).isEqualTo(Status.ALIVE);
    }

    @Test
    @DisplayName("and another cluster show equal digests of each cluster where they hold the same, and only there")
    void digests() {
        Map<String, ByteString> before = digests(one);
        assertThat(before).containsOnlyKeys("east", "west");
        all.forEach(process -> assertThat(digests(process)).isEqualTo(before));
        federation.partition(List.of("west"), List.of("east1", "east2"), true);
        west.put(0, "w", "2");
        federation.run(LONG);
        assertThat(digests(one)).isEqualTo(before);
        assertThat(digests(two)).isEqualTo(before);
        assertThat(digests(west).get("east")).isEqualTo(before.get("east"));
        assertThat(digests(west).get("west")).isNotEqualTo(before.get("west"));
        federation.partition(List.of("west"), List.of("east1", "east2"), false);
        federation.run(LONG);
        assertThat(digests(one))
                .isEqualTo(digests(west))
                .isEqualTo(digests(two))
                .isNotEqualTo(before);
    }

    @Test
    @DisplayName("leave together, whichever is asked to, and come back together, whichever gets the new token")
    void leaveTogether() {
        two.core.leave();
        federation.run(LONG);
        assertThat(west.status("east")).isEqualTo(Status.LEFT);
        assertThat(west.content()).containsOnlyKeys("west/0/w");
        assertThat(one.content()).containsOnlyKeys("east/0/a", "east/1/b");
        assertThat(two.content()).containsOnlyKeys("east/0/a", "east/1/b");
        join(one, west);
        federation.run(LONG);
        all.forEach(process -> assertThat(process.content()).containsOnlyKeys("east/0/a", "east/1/b", "west/0/w"));
        assertThat(west.status("east")).isEqualTo(Status.ALIVE);
        assertThat(digests(one)).isEqualTo(digests(west)).isEqualTo(digests(two));
    }

    @Test
    @DisplayName("both hear who was expelled by one of them")
    void expel() {
        assertThat(two.core.expel("west")).isEmpty();
        federation.run(LONG);
        assertThat(one.content()).containsOnlyKeys("east/0/a", "east/1/b");
        assertThat(two.content()).containsOnlyKeys("east/0/a", "east/1/b");
    }

    private static Map<String, ByteString> digests(Sim process) {
        return process.core.members().stream().collect(Collectors.toMap(MemberReport::cluster, MemberReport::digest));
    }

    /** Lets the guest in with a token of the host. */
    private void join(Sim guest, Sim host) {
        Function<Sim, JoinToken> inviting = inviter -> {
            byte[] secret = new byte[JoinToken.SECRET_BYTES];
            federation.random.nextBytes(secret);
            return inviter.core
                    .invite(ByteString.fromArray(secret), Duration.ofHours(1))
                    .orElseThrow();
        };
        List<Optional<String>> answers = new ArrayList<>();
        guest.core.join(inviting.apply(host), answers::add);
        federation.run(Duration.ofSeconds(2));
        assertThat(answers).containsExactly(Optional.empty());
    }
}
