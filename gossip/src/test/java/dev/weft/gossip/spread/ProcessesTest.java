package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.member.Status;
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
    private final Sim one = federation.start("east1", "east", new SimulatedDisk(shared), OptionalLong.of(77));
    private final Sim two = federation.start("east2", "east", new SimulatedDisk(shared), OptionalLong.of(77));
    private final Sim west = federation.start("west", new SimulatedDisk());
    private final List<Sim> all = List.of(one, two, west);
    private List<Sim> restarted = List.of();

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

    @Test
    @DisplayName("both know over a restart of all whom one of them expelled, and he knows that he was")
    void expelledOverRestarts() {
        one.crash();
        assertThat(two.core.expel("west")).isEmpty();
        federation.run(LONG);
        two.crash();
        west.crash();
        Sim one = restart("east1", this.one, OptionalLong.of(77));
        Sim west = restart("west", this.west, OptionalLong.empty());
        // Only the one who was down meanwhile and who was put out are there.
        federation.run(Duration.ofSeconds(2));
        assertThat(west.status("east")).isEqualTo(Status.UNREACHABLE);
        Sim two = restart("east2", this.two, OptionalLong.of(77));
        besideEachOther(one, two);
        federation.run(LONG.multipliedBy(2));
        for (Sim process : List.of(one, two)) {
            assertThat(process.content()).as(process.name).doesNotContainKey("west/0/w");
            assertThat(process.core.expel("west").orElse("")).contains("is no member");
        }
        assertThat(west.status("east")).isEqualTo(Status.UNREACHABLE);
    }

    @Test
    @DisplayName("are both out where the others put their cluster out, also the one that was down at the time")
    void bothOut() {
        one.crash();
        federation.run(Duration.ofSeconds(1));
        assertThat(west.core.expel("east")).isEmpty();
        federation.run(LONG);
        assertThat(two.status("west")).isEqualTo(Status.UNREACHABLE);
        west.crash();
        Sim one = restart("east1", this.one, OptionalLong.of(77));
        besideEachOther(one, two);
        federation.run(LONG);
        assertThat(one.status("west")).isEqualTo(Status.UNREACHABLE);
        assertThat(one.core.members())
                .filteredOn(member -> member.cluster().equals("west"))
                .hasSize(1);
    }

    @Test
    @DisplayName("are both out when their cluster left while one of them was down, also after a restart of the other")
    void leaveWhileOneIsDown() {
        for (boolean otherRestarts : List.of(false, true)) {
            Sim down = otherRestarts ? restarted.get(0) : one;
            Sim up = otherRestarts ? restarted.get(1) : two;
            down.crash();
            federation.run(Duration.ofSeconds(1));
            up.core.leave();
            federation.run(LONG);
            if (otherRestarts) {
                up.crash();
                up = restart(up.name, up, OptionalLong.of(77));
            }
            Sim back = restart(down.name, down, OptionalLong.of(77));
            besideEachOther(back, up);
            federation.run(LONG);
            assertThat(back.content()).as("%s", otherRestarts).containsOnlyKeys("east/0/a", "east/1/b");
            assertThat(up.content()).as("%s", otherRestarts).containsOnlyKeys("east/0/a", "east/1/b");
            assertThat(west.status("east")).as("%s", otherRestarts).isEqualTo(Status.LEFT);
            assertThat(west.content()).as("%s", otherRestarts).containsOnlyKeys("west/0/w");
            join(back, west);
            federation.run(LONG);
            for (Sim process : List.of(back, up, west)) {
                assertThat(process.content())
                        .as("%s, %s", process.name, otherRestarts)
                        .containsKeys("east/0/a", "east/1/b", "west/0/w");
            }
            restarted = List.of(back, up);
        }
    }

    /** One process that was down while the cluster left, and came back when that had joined again, does not take it out. */
    @Test
    @DisplayName("stay where they joined anew when one that left before is back")
    void backAfterRejoining() {
        two.core.leave();
        federation.run(LONG);
        two.crash();
        join(one, west);
        federation.run(LONG);
        Sim two = restart("east2", this.two, OptionalLong.of(77));
        besideEachOther(one, two);
        federation.run(LONG);
        assertThat(west.status("east")).isEqualTo(Status.ALIVE);
        for (Sim process : List.of(one, two, west)) {
            assertThat(process.content()).as(process.name).containsKeys("east/0/a", "east/1/b", "west/0/w");
        }
    }

    private Sim restart(String name, Sim before, OptionalLong incarnation) {
        Sim again = federation.start(name, before.cluster, before.disk, incarnation);
        if (name.equals("east1")) {
            again.core.reset(0, 0, Map.of("a", ByteString.fromString("1")));
        } else if (name.equals("east2")) {
            again.core.reset(1, 0, Map.of("b", ByteString.fromString("1")));
        } else {
            again.core.reset(0, 0, Map.of("w", ByteString.fromString("1")));
        }
        return again;
    }

    private static void besideEachOther(Sim one, Sim two) {
        one.core.beside(Set.of(SimulatedFederation.address(two.name)));
        two.core.beside(Set.of(SimulatedFederation.address(one.name)));
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
