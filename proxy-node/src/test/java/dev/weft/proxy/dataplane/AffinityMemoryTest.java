package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.ClientKey;
import dev.weft.proxy.balance.RoundTripBounds;
import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What is remembered of clients of session affinity")
class AffinityMemoryTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final List<Candidate> CANDIDATES =
            List.of(Rig.candidate("10.0.0.1", 80), Rig.candidate("10.0.0.2", 80), Rig.candidate("10.0.0.3", 80));

    private final Route before = route(CANDIDATES, TIMEOUT);

    @Test
    @DisplayName("means the same to a route of another process, whose clock is another, with the time idle so far")
    void agesAreKept() {
        Target target = pick(before, 7, 0);
        Route after = route(CANDIDATES, TIMEOUT);
        pick(after, 1, 0); // so that its next turn is another endpoint
        long later = minutes(9);
        long clock = minutes(1_000_000);
        after.recall(before.clients(later, 100), clock);
        assertThat(pick(after, 7, clock).identity()).isEqualTo(target.identity());

        Route late = route(CANDIDATES, TIMEOUT);
        pick(late, 1, 0);
        late.recall(before.clients(later, 100), clock);
        assertThat(pick(late, 7, clock + minutes(1)).identity())
                .as("idle for ten minutes in all")
                .isNotEqualTo(target.identity());
    }

    @Test
    @DisplayName("does not count where the client has come since, nor where the endpoint is gone")
    void newerCounts() {
        Target target = pick(before, 7, 0);
        Route after = route(CANDIDATES, TIMEOUT);
        pick(after, 1, 0);
        Target since = pick(after, 7, minutes(2));
        assertThat(since.identity()).isNotEqualTo(target.identity());
        after.recall(before.clients(minutes(3), 100), minutes(3));
        assertThat(pick(after, 7, minutes(3))).isSameAs(since);

        Route without = route(
                CANDIDATES.stream()
                        .filter(each -> !each.identity().equals(target.identity()))
                        .toList(),
                TIMEOUT);
        without.recall(before.clients(minutes(3), 100), minutes(3));
        assertThat(without.clients(minutes(3), 100)).isEmpty();
    }

    @Test
    @DisplayName("is of so many clients at most, without those that have been idle for too long")
    void bounded() {
        for (int client = 0; client < 50; client++) {
            pick(before, client, 0);
        }
        assertThat(before.clients(minutes(1), 100)).hasSize(50);
        assertThat(before.clients(minutes(1), 20)).hasSize(20);
        assertThat(before.clients(minutes(10), 100)).isEmpty();
        assertThat(route(CANDIDATES, null).clients(0, 100)).isEmpty();
    }

    @Test
    @DisplayName("is read as it was written, and refused when it is cut off or of another layout")
    void encoding() throws Exception {
        assertThat(AffinityMemory.decoded(new byte[0], 100).size())
                .as("of a process that knows nothing of it")
                .isZero();
        assertThat(AffinityMemory.decoded(AffinityMemory.NONE.encoded(), 100).size())
                .isZero();
        byte[] text = {2, 0, 0, 0, 0};
        assertThatThrownBy(() -> AffinityMemory.decoded(text, 100)).hasMessage("layout 2 is unknown");
        byte[] cut = Arrays.copyOf(new byte[] {1, 0, 0, 0, 9, 0}, 6);
        assertThatThrownBy(() -> AffinityMemory.decoded(cut, 100)).isInstanceOf(IOException.class);
    }

    private static Target pick(Route route, long client, long now) {
        Target picked = route.pick(new ClientKey(client, 0), now, List.of());
        assertThat(picked).isNotNull();
        return picked;
    }

    private static Route route(List<Candidate> candidates, @org.jspecify.annotations.Nullable Duration affinity) {
        BalanceSettings settings =
                new BalanceSettings(Algorithm.ROUND_ROBIN, Duration.ofSeconds(10), 1_021, 16, 1.25, 1_024);
        Route route =
                new Route(settings, 1_000, new RoundTrips(RoundTripBounds.USUAL), new PickCounts(), new Random(1));
        route.update(
                new ListenerPlan(new ListenerKey(Rig.VIP, 80, Protocol.TCP), candidates, "round-robin", affinity), 0);
        return route;
    }

    private static long minutes(long number) {
        return TimeUnit.MINUTES.toNanos(number);
    }
}
