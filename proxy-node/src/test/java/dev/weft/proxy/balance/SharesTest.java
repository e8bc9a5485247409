package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.weft.proxy.selection.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("the shares that are told of")
class SharesTest {
    private static final long SEED = 20261122;
    private static final int PICKS = 200_000;
    private static final BalanceSettings SETTINGS =
            new BalanceSettings(Algorithm.ROUND_ROBIN, Duration.ofSeconds(10), 65_537, 160, 1.25, 65_536);

    private static List<Candidate> weighted(int... weights) {
        List<Candidate> candidates = new ArrayList<>();
        for (int number = 0; number < weights.length; number++) {
            candidates.add(new Candidate(
                    "10.0.0." + (number + 1),
                    80,
                    "east",
                    "east/uid-" + number,
                    true,
                    true,
                    false,
                    false,
                    Set.of(),
                    Set.of(),
                    weights[number]));
        }
        return candidates;
    }

    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"LEAST_CONNECTION", "LEAST_RESPONSE_TIME"},
            mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("are those that the balancer itself gives over many clients")
    void agreeWithTheBalancer(Algorithm algorithm) {
        List<Candidate> candidates = weighted(1, 2, 4, 1, 3);
        Balancer balancer = algorithm.balancer(SETTINGS, SEED).over(new TargetPool(SETTINGS).update(candidates));
        Random random = new Random(SEED);
        Map<String, Integer> picked = new HashMap<>();
        for (int i = 0; i < PICKS; i++) {
            Target target = Objects.requireNonNull(balancer.pick(BalancerTest.client(random.nextLong()), 0));
            picked.merge(target.identity(), 1, Integer::sum);
            if (algorithm == Algorithm.LEAST_CONNECTION_EXACT) {
                target.opened(); // its share shows only in what stays open
            }
        }
        Shares shares = Shares.of(algorithm, candidates, SETTINGS);
        for (int i = 0; i < candidates.size(); i++) {
            double part = picked.getOrDefault(candidates.get(i).identity(), 0) / (double) PICKS;
            assertThat(shares.parts().get(i))
                    .as("%s, endpoint %d, seed %d", algorithm, i, SEED)
                    .isCloseTo(part, within(0.01));
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    @DisplayName("come to one, whatever the algorithm and however many endpoints")
    void comeToOne(Algorithm algorithm) {
        for (int count = 1; count < 20; count++) {
            int[] weights = IntStream.rangeClosed(1, count).toArray();
            Shares shares = Shares.of(algorithm, weighted(weights), SETTINGS);
            assertThat(shares.parts().stream().mapToDouble(Double::doubleValue).sum())
                    .isCloseTo(1, within(1e-6));
        }
    }

    @Test
    @DisplayName("are none where there is no endpoint")
    void noneOfNone() {
        for (Algorithm algorithm : Algorithm.values()) {
            assertThat(Shares.of(algorithm, List.of(), SETTINGS).parts()).isEmpty();
        }
    }
}
