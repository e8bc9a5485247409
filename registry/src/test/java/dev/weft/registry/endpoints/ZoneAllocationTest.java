package dev.weft.registry.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.endpoints.ZoneAllocation.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("EPS-8: zone hints in proportion to CPUs")
class ZoneAllocationTest {
    /** @param cpus e.g. {@code za=6 zb=4} */
    private static ZoneShares shares(String cpus) {
        List<NodeRecord> nodes = new ArrayList<>();
        byZone(cpus).forEach((zone, number) -> nodes.add(new NodeRecord(zone, number * 1000L, true)));
        return ZoneShares.of(nodes);
    }

    private static Map<String, Integer> byZone(String text) {
        Map<String, Integer> numbers = new TreeMap<>();
        for (String part : text.strip().split(" ", -1)) {
            String[] sides = part.split("=", -1);
            numbers.put(sides[0], Integer.valueOf(sides[1]));
        }
        return numbers;
    }

    private static List<Candidate> endpoints(String numbers) {
        List<Candidate> endpoints = new ArrayList<>();
        byZone(numbers).forEach((zone, number) -> {
            for (int i = 0; i < number; i++) {
                endpoints.add(new Candidate(zone + "-" + i, zone, ""));
            }
        });
        return endpoints;
    }

    private static List<Candidate> hinted(List<Candidate> endpoints, Map<String, String> hints) {
        return endpoints.stream()
                .map(each -> new Candidate(each.id(), each.zone(), hints.getOrDefault(each.id(), "")))
                .toList();
    }

    private static String counts(Map<String, String> hints) {
        Map<String, Long> counts = new TreeMap<>(
                hints.values().stream().collect(Collectors.groupingBy(zone -> zone, Collectors.counting())));
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest(name = "CPUs {0}, endpoints {1}: hints {2}")
    @CsvSource({
        "za=6 zb=4 zc=4, za=6 zb=6 zc=6, za=7 zb=5 zc=6",
        "za=4 zb=4, za=3 zb=3, za=3 zb=3",
        "za=4 zb=4, za=10 zb=2, za=6 zb=6",
        "za=4 zb=4, za=12 zb=0, za=6 zb=6",
        "za=4 zb=4, za=52 zb=48, za=50 zb=50",
        "za=4 zb=4, za=4 zb=4 zx=4, za=6 zb=6",
        "za=4 zb=4, za=1 zb=1, za=1 zb=1"
    })
    void given(String cpus, String endpoints, String hints) {
        assertThat(counts(ZoneAllocation.of(shares(cpus), endpoints(endpoints))))
                .isEqualTo(hints);
    }

    @ParameterizedTest(name = "CPUs {0}, endpoints {1}: none")
    @CsvSource({
        "za=4, za=6", // one zone
        "za=4 zb=4 zc=4, za=1 zb=1", // fewer endpoints than zones
        "za=4 zb=4, za=2 zb=1", // minima 2 + 2 of 3
        "za=4 zb=0, za=4 zb=4" // a node without CPUs
    })
    void none(String cpus, String endpoints) {
        assertThat(ZoneAllocation.of(shares(cpus), endpoints(endpoints))).isEmpty();
    }

    @Test
    @DisplayName("are given to none while the zone of one is not known")
    void withoutZone() {
        List<Candidate> endpoints = new ArrayList<>(endpoints("za=4 zb=4"));
        assertThat(ZoneAllocation.of(shares("za=4 zb=4"), endpoints)).hasSize(8);
        endpoints.add(new Candidate("astray", "", ""));
        assertThat(ZoneAllocation.of(shares("za=4 zb=4"), endpoints)).isEmpty();
    }

    @Test
    @DisplayName("stay as they are while every zone has its minimum, though others would be nearer to the shares")
    void kept() {
        List<Candidate> endpoints = endpoints("za=58 zb=42");
        Map<String, String> own = endpoints.stream().collect(Collectors.toMap(Candidate::id, Candidate::zone));
        assertThat(ZoneAllocation.of(shares("za=4 zb=4"), hinted(endpoints, own)))
                .isEqualTo(own);
        assertThat(counts(ZoneAllocation.of(shares("za=3 zb=4"), hinted(endpoints, own))))
                .isEqualTo("za=43 zb=57");
    }

    @Test
    @DisplayName("send an endpoint home that was lent to a zone which now has enough of its own")
    void home() {
        ZoneShares shares = shares("za=4 zb=4");
        List<Candidate> few = endpoints("za=5 zb=3");
        Map<String, String> lent = ZoneAllocation.of(shares, few);
        assertThat(counts(lent)).isEqualTo("za=4 zb=4");
        Map<String, String> after = ZoneAllocation.of(shares, hinted(endpoints("za=5 zb=5"), lent));
        assertThat(after).allSatisfy((id, zone) -> assertThat(id).startsWith(zone));
    }

    @Test
    @DisplayName("go on as they are until all nodes are known, with its own zone for an endpoint that comes")
    void unknown() {
        Map<String, String> lent = ZoneAllocation.of(shares("za=4 zb=4"), endpoints("za=5 zb=3"));
        Map<String, String> more = ZoneAllocation.of(ZoneShares.UNKNOWN, hinted(endpoints("za=6 zb=3"), lent));
        assertThat(more).containsAllEntriesOf(lent).containsEntry("za-5", "za").hasSize(9);
        assertThat(ZoneAllocation.of(ZoneShares.UNKNOWN, endpoints("za=6 zb=3")))
                .as("they are not begun then")
                .isEmpty();
    }

    static LongStream seeds() {
        return LongStream.range(0, 300);
    }

    @ParameterizedTest(name = "seed {0}: all have one, no zone is overloaded, a second run changes nothing")
    @MethodSource("seeds")
    void random(long seed) {
        Random random = new Random(seed);
        int number = 2 + random.nextInt(5);
        ZoneShares shares = randomShares(random, number);
        List<Candidate> endpoints = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            if (random.nextInt(4) == 0 && !endpoints.isEmpty()) {
                endpoints.remove(random.nextInt(endpoints.size()));
            } else {
                String zone = "z" + random.nextInt(number + random.nextInt(2));
                endpoints.add(new Candidate("e" + step, zone, ""));
            }
            if (random.nextInt(10) == 0) {
                shares = randomShares(random, number);
            }
            String as = "seed " + seed + " step " + step + " " + shares + " " + endpoints;
            Map<String, String> hints = ZoneAllocation.of(shares, endpoints);
            assertFair(as, shares, endpoints, hints);
            endpoints = new ArrayList<>(hinted(endpoints, hints));
            Collections.shuffle(endpoints, random);
            assertThat(ZoneAllocation.of(shares, endpoints)).as(as).isEqualTo(hints);
        }
    }

    private static ZoneShares randomShares(Random random, int zones) {
        List<NodeRecord> nodes = new ArrayList<>();
        for (int i = 0; i < zones; i++) {
            nodes.add(new NodeRecord("z" + i, 1000L * (1 + random.nextInt(6)), true));
        }
        return ZoneShares.of(nodes);
    }

    /** In whole numbers, unlike what it judges: a zone has its minimum if 12 hints for each 10 that are due to it. */
    private static void assertFair(String as, ZoneShares shares, List<Candidate> endpoints, Map<String, String> hints) {
        long total = shares.parts().values().stream().mapToLong(part -> part).sum();
        long all = endpoints.size();
        long minima = shares.parts().values().stream()
                .mapToLong(part -> Math.floorDiv(10 * all * part + 12 * total - 1, 12 * total))
                .sum();
        if (minima > all || shares.parts().size() > all) {
            assertThat(hints).as(as).isEmpty();
            return;
        }
        assertThat(hints.keySet())
                .as(as)
                .containsExactlyInAnyOrderElementsOf(
                        endpoints.stream().map(Candidate::id).toList());
        shares.parts()
                .forEach((zone, part) -> assertThat(12 * total * Collections.frequency(hints.values(), zone))
                        .as("%s: %s", as, zone)
                        .isGreaterThanOrEqualTo(10 * all * part));
        assertThat(shares.parts().keySet()).as(as).containsAll(hints.values());
    }

    @ParameterizedTest(
            name = "seed {0}: one endpoint more changes the hints of at most as many others as there are zones")
    @MethodSource("seeds")
    void churn(long seed) {
        Random random = new Random(seed);
        int number = 2 + random.nextInt(4);
        ZoneShares shares = randomShares(random, number);
        List<Candidate> endpoints = new ArrayList<>();
        for (int i = 0; i < 20 + random.nextInt(200); i++) {
            endpoints.add(new Candidate("e" + i, "z" + random.nextInt(number), ""));
        }
        Map<String, String> hints = ZoneAllocation.of(shares, endpoints);
        List<Candidate> more = new ArrayList<>(hinted(endpoints, hints));
        more.add(new Candidate("new", "z" + random.nextInt(number), ""));
        Map<String, String> after = ZoneAllocation.of(shares, more);
        if (!hints.isEmpty() && !after.isEmpty()) {
            assertThat(hints.entrySet().stream()
                            .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                            .count())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(number);
        }
    }
}
