package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("the parts of tiers")
class TierLoadsTest {
    private static int[] numbers(String text) {
        return Stream.of(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @ParameterizedTest
    @CsvSource({
        "10 10, 10 10, 10000 10000",
        "8 10, 10 10, 10000 10000",
        "7 10, 10 10, 9800 10000",
        "5 10, 10 10, 7000 10000",
        "0 10, 10 10, 0 10000",
        "4 2, 10 10, 6667 10000",
        "2 2 2, 10 10 10, 3333 6667 10000",
        "5 5 10, 10 10 10, 7000 10000 10000",
        "0 0, 10 10, 0 0",
        "3, 10, 10000",
        "0 1, 0 1000, 0 10000",
    })
    @DisplayName("are as the formula says")
    void table(String usable, String known, String upTo) {
        assertThat(TierLoads.upTo(numbers(usable), numbers(known), 140)).containsExactly(numbers(upTo));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName(
            "are together all of it where anything is usable, never for a tier without, and never less for a better tier")
    void anyTiers(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            int tiers = 1 + random.nextInt(6);
            int[] known = random.ints(tiers, 0, 20).toArray();
            int[] usable =
                    Arrays.stream(known).map(most -> random.nextInt(most + 1)).toArray();
            int factor = 100 + random.nextInt(100);
            int[] upTo = TierLoads.upTo(usable, known, factor);
            String about = "seed " + seed + ": " + Arrays.toString(usable) + " of " + Arrays.toString(known);
            assertThat(upTo).as(about).isSorted();
            assertThat(upTo[tiers - 1])
                    .as(about)
                    .isEqualTo(Arrays.stream(usable).sum() > 0 ? TierLoads.WHOLE : 0);
            for (int tier = 0; tier < tiers; tier++) {
                int part = upTo[tier] - (tier == 0 ? 0 : upTo[tier - 1]);
                if (usable[tier] == 0) {
                    assertThat(part).as(about).isZero();
                }
            }
            int better = random.nextInt(tiers);
            if (usable[better] < known[better]) {
                int before = upTo[better] - (better == 0 ? 0 : upTo[better - 1]);
                usable[better]++;
                int[] after = TierLoads.upTo(usable, known, factor);
                assertThat(after[better] - (better == 0 ? 0 : after[better - 1]))
                        .as(about + " and one more in tier " + better)
                        .isGreaterThanOrEqualTo(before - 1);
            }
        }
    }
}
