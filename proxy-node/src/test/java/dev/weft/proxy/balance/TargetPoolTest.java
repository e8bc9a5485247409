package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.selection.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The targets of a listener")
class TargetPoolTest {
    private static final int MANY = 400;

    private final TargetPool pool = new TargetPool(
            new BalanceSettings(Algorithm.ROUND_ROBIN, Duration.ofSeconds(10), 65_537, 160, 1.25, 65_536));

    private TargetSet update(int... numbers) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number : numbers) {
            String address = "10.0." + number / 250 + "." + (1 + number % 250);
            candidates.add(new Candidate(
                    address, 80, "", "/" + number, true, true, false, false, Set.of(), Set.of(), 1 + number % 2));
        }
        return pool.update(candidates);
    }

    @Test
    @DisplayName("stay the same set where the same endpoints are named, whatever their order, with the same weights")
    void unchanged() {
        TargetSet set = update(1, 2, 3);
        assertThat(update(3, 1, 2)).isSameAs(set);
    }

    @Test
    @DisplayName(
            "keep their places, while those that come go to the end in the order named; who comes back is the same as before")
    void places() {
        TargetSet first = update(1, 2, 3);
        TargetSet second = update(5, 3, 4, 1);
        assertThat(second.asList()).startsWith(first.get(0), first.get(2)).hasSize(4);
        assertThat(second.get(2).identity()).isEqualTo("/5");
        assertThat(second.get(3).identity()).isEqualTo("/4");
        assertThat(update(1, 2).asList()).containsExactly(first.get(0), first.get(1));
    }

    @Test
    @DisplayName("count what they moved together, when they are gone too, and long forgotten")
    void traffic() {
        for (int number = 0; number < MANY; number++) {
            Target only = update(number).get(0);
            only.sent(10);
            only.received(1);
        }
        assertThat(pool.traffic()).isEqualTo(new Traffic(10L * MANY, MANY));
        update();
        assertThat(pool.traffic()).isEqualTo(new Traffic(10L * MANY, MANY));
    }
}
