package dev.weft.gossip.spread;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import dev.weft.gossip.member.Status;
import dev.weft.gossip.spread.SimulatedFederation.Sim;
import dev.weft.gossip.trust.JoinToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A cluster that left")
class LeavingTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final SimulatedDisk westDisk = new SimulatedDisk();
    private final SimulatedDisk northDisk = new SimulatedDisk();

    @ParameterizedTest(name = "a federation that lets its neighbours in without a token: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("is seen as gone by all, also when none of its links could carry its last word, and stays so")
    void lastWordLost(boolean open) {
        SimulatedFederation federation = open ? new SimulatedFederation(11) : new SimulatedFederation(11).closed();
        List<Sim> all = threeClusters(federation);
        Sim west = all.get(1);
        federation.partition(List.of("west"), List.of("east", "north"), true);
        west.core.leave();
        federation.run(Duration.ofSeconds(1));
        federation.partition(List.of("west"), List.of("east", "north"), false);
        federation.run(LONG);
        assertGone(all);
        west.crash();
        Sim again = federation.start("west", westDisk);
        federation.run(LONG);
        assertGone(List.of(all.get(0), again, all.get(2)));
    }

    @ParameterizedTest(name = "a federation that lets its neighbours in without a token: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName("is not taken for one that came back by whom it was dialling meanwhile")
    void leavesWhileItDials(boolean open) {
        SimulatedFederation federation = open ? new SimulatedFederation(13) : new SimulatedFederation(13).closed();
        List<Sim> all = threeClusters(federation);
        Sim east = all.get(0);
        Sim west = all.get(1);
        all.get(2).crash();
        federation.run(Duration.ofSeconds(1));
        // North knows west's records and will not hear its last word at once; west's call to it is on its way.
        Sim north = federation.start("north", northDisk);
        north.core.reset(0, 0, Map.of("k", ByteString.fromString("v")));
        west.core.join(SimulatedFederation.address("north"));
        west.core.leave();
        int before = east.news.size();
        federation.run(LONG);
        assertGone(List.of(east, west, north));
        assertThat(east.news.subList(before, east.news.size()))
                .as("east hears of west's records only that they are gone")
                .noneMatch(item -> item instanceof News.OriginChanged changed
                        && changed.origin().cluster().equals("west"))
                .filteredOn(item -> item instanceof News.OriginGone gone
                        && gone.origin().cluster().equals("west"))
                .hasSize(1);
    }

    @Test
    @DisplayName(
            "with a clock that is ahead by more than others believe is gone when the time has come that it spoke of")
    void leavesInTheFuture() {
        SimulatedFederation federation = new SimulatedFederation(14);
        List<Sim> all = threeClusters(federation);
        Sim west = all.get(1);
        Duration ahead = Duration.ofMinutes(10);
        federation.skew("west", ahead);
        west.core.leave();
        federation.run(LONG);
        for (Sim other : List.of(all.get(0), all.get(2))) {
            assertThat(other.content()).as(other.name).containsKey("west/0/k");
            assertThat(other.core.refused()).as(other.name).isPositive();
        }
        federation.skew("east", ahead);
        federation.skew("north", ahead);
        federation.run(LONG.multipliedBy(4));
        assertGone(all);
    }

    @Test
    @DisplayName("may join another federation; one that did not leave is told to, and nothing becomes of the two")
    void twoFederations() {
        SimulatedFederation federation = new SimulatedFederation(16).closed();
        List<Sim> all = threeClusters(federation);
        Sim west = all.get(1);
        Sim south = federation.start("south", new SimulatedDisk());
        Sim island = federation.start("island", new SimulatedDisk());
        join(federation, south, island);
        south.core.reset(0, 0, Map.of("s", ByteString.fromString("v")));
        List<Optional<String>> answers = new ArrayList<>();
        west.core.join(token(federation, south), answers::add);
        federation.run(LONG);
        assertThat(answers)
                .singleElement()
                .asString()
                .contains("cluster west is in a federation with [east, north] already", "`weft federate leave`");
        for (Sim member : all) {
            assertThat(member.content()).as(member.name).containsKey("west/0/k").doesNotContainKey("south/0/s");
        }
        assertThat(south.content()).containsOnlyKeys("south/0/s");
        west.core.leave();
        federation.run(LONG);
        join(federation, south, west);
        west.put(0, "k", "there");
        federation.run(LONG);
        assertThat(island.content()).containsEntry("west/0/k", "there").containsKey("south/0/s");
        assertThat(all.get(0).content()).doesNotContainKeys("west/0/k", "south/0/s");
    }

    @Test
    @DisplayName("comes back with a new token, and is alive for all with what it exports then")
    void comesBack() {
        SimulatedFederation federation = new SimulatedFederation(12).closed();
        List<Sim> all = threeClusters(federation);
        Sim west = all.get(1);
        west.core.leave();
        federation.run(LONG);
        assertGone(all);
        join(federation, all.get(2), west);
        west.put(0, "k", "again");
        federation.run(LONG);
        for (Sim other : List.of(all.get(0), all.get(2))) {
            assertThat(other.status("west")).isEqualTo(Status.ALIVE);
            assertThat(other.content()).containsEntry("west/0/k", "again");
        }
        assertThat(federation.converged()).isTrue();
    }

    @ParameterizedTest(name = "east restarts while west is away: {0}")
    @ValueSource(booleans = {true, false})
    @DisplayName(
            "and withdrew meanwhile is back through one that did not hear of it without what it withdrew being seen"
                    + " again where it was gone")
    void withdrawsOutside(boolean restarts) {
        SimulatedFederation federation = new SimulatedFederation(15).closed();
        SimulatedDisk eastDisk = new SimulatedDisk();
        List<Sim> all = threeClusters(federation, eastDisk);
        Sim east = all.get(0);
        Sim west = all.get(1);
        Sim north = all.get(2);
        federation.partition(List.of("north"), List.of("east", "west"), true);
        west.core.leave();
        federation.run(Duration.ofSeconds(1));
        assertThat(east.content()).doesNotContainKey("west/0/k");
        assertThat(north.content()).containsKey("west/0/k");
        west.put(0, "other", "value");
        west.put(0, "k", null);
        if (restarts) {
            east.crash();
            east = federation.start("east", eastDisk);
            east.core.reset(0, 0, Map.of("k", ByteString.fromString("v")));
        }
        federation.partition(List.of("west"), List.of("east"), true);
        federation.partition(List.of("north"), List.of("east", "west"), false);
        int before = east.news.size();
        join(federation, north, west);
        federation.run(LONG);
        federation.partition(List.of("west"), List.of("east"), false);
        federation.run(LONG);
        assertThat(east.content()).containsEntry("west/0/other", "value").doesNotContainKey("west/0/k");
        assertThat(north.content()).containsEntry("west/0/other", "value").doesNotContainKey("west/0/k");
        assertThat(east.news.subList(before, east.news.size()))
                .as("east never sees what was withdrawn")
                .noneMatch(item -> item instanceof News.OriginChanged changed
                        && changed.origin().cluster().equals("west")
                        && changed.records().stream()
                                .anyMatch(record -> record.key().equals("k") && record.payload() != null));
        assertThat(federation.converged()).isTrue();
    }

    private static void assertGone(List<Sim> all) {
        for (Sim other : List.of(all.get(0), all.get(2))) {
            assertThat(other.status("west")).as(other.name).isEqualTo(Status.LEFT);
            assertThat(other.content().keySet()).as(other.name).containsExactlyInAnyOrder("east/0/k", "north/0/k");
        }
        assertThat(all.get(1).content().keySet()).isSubsetOf("west/0/k");
    }

    private List<Sim> threeClusters(SimulatedFederation federation) {
        return threeClusters(federation, new SimulatedDisk());
    }

    private List<Sim> threeClusters(SimulatedFederation federation, SimulatedDisk eastDisk) {
        Sim east = federation.start("east", eastDisk);
        Sim west = federation.start("west", westDisk);
        Sim north = federation.start("north", northDisk);
        join(federation, east, west);
        join(federation, west, north);
        List<Sim> all = List.of(east, west, north);
        all.forEach(one -> one.core.reset(0, 0, Map.of("k", ByteString.fromString("v"))));
        federation.run(LONG);
        all.forEach(one -> assertThat(one.content()).hasSize(3));
        return all;
    }

    private static JoinToken token(SimulatedFederation federation, Sim host) {
        byte[] secret = new byte[JoinToken.SECRET_BYTES];
        federation.random.nextBytes(secret);
        return host.core
                .invite(ByteString.fromArray(secret), Duration.ofHours(1))
                .orElseThrow();
    }

    private static void join(SimulatedFederation federation, Sim host, Sim guest) {
        List<Optional<String>> answers = new ArrayList<>();
        guest.core.join(token(federation, host), answers::add);
        federation.run(Duration.ofSeconds(2));
        assertThat(answers).containsExactly(Optional.empty());
    }
}
