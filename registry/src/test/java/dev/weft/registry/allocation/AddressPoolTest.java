package dev.weft.registry.allocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressPoolTest {
    private static ResourceKey owner(int number) {
        return new ResourceKey(new ResourceType("", "services"), "default", "s" + number);
    }

    private static Claim claim(String wish, int owner) {
        return new Claim("service-ipv4", wish, owner(owner), "spec.clusterIPs[0]");
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text).orElseThrow();
    }

    @ParameterizedTest(name = "{0}: unasked addresses begin at place {1}")
    @CsvSource({"10.0.0.0/16,257", "10.0.0.0/22,65", "10.0.0.0/26,17", "fd00::/112,257"})
    @DisplayName("SVC-6: addresses given out unasked come from above the static band")
    void staticBand(String range, long first) {
        Cidr cidr = Cidr.of(range);
        AddressPool pool = new AddressPool("p", List.of(cidr));
        long lowest = Long.MAX_VALUE;
        Random random = new Random(1);
        for (int i = 0; i < 40; i++) {
            Taken.Given given = (Taken.Given) pool.take(claim("", i), random);
            lowest = Math.min(lowest, cidr.offset(ip(given.value())));
        }
        assertThat(lowest).isGreaterThanOrEqualTo(first);
    }

    @Test
    @DisplayName("a small range is given out to its last address, once each, and then it is full")
    void fillsUp() {
        AddressPool pool = new AddressPool("p", List.of(Cidr.of("10.0.0.0/28")));
        Set<String> given = new HashSet<>();
        Random random = new Random(3);
        for (int i = 0; i < 14; i++) {
            given.add(((Taken.Given) pool.take(claim("", i), random)).value());
        }
        assertThat(given).hasSize(14).doesNotContain("10.0.0.0", "10.0.0.15");
        assertThat(pool.take(claim("", 99), random)).isInstanceOf(Taken.Denied.class);
    }

    @Test
    @DisplayName("a wish is honoured once; outside the range or already held it is refused with the field's error")
    void wishes() {
        AddressPool pool = new AddressPool("p", List.of(Cidr.of("10.0.0.0/24")));
        Random random = new Random(1);

        assertThat(pool.take(claim("10.0.0.7", 1), random)).isEqualTo(new Taken.Given("10.0.0.7"));
        assertThat(pool.take(claim("10.0.0.7", 1), random)).isEqualTo(new Taken.Given("10.0.0.7"));
        Taken.Denied held = (Taken.Denied) pool.take(claim("10.0.0.7", 2), random);
        Taken.Denied outside = (Taken.Denied) pool.take(claim("10.0.1.7", 2), random);

        assertThat(held.why().toString())
                .isEqualTo("spec.clusterIPs[0]: Invalid value: \"10.0.0.7\": failed to allocate IP 10.0.0.7: provided"
                        + " IP is already allocated");
        assertThat(outside.why().message()).contains("the provided IP is not in the valid range");
    }

    @Test
    @DisplayName(
            "no two owners ever hold the same address, and what is freed can be had again (2000 random steps a seed)")
    void neverTwoOwners() {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            AddressPool pool = new AddressPool("p", List.of(Cidr.of("10.0.0.0/26"), Cidr.of("10.1.0.0/28")));
            Map<String, Integer> model = new HashMap<>();
            for (int step = 0; step < 2000; step++) {
                int owner = random.nextInt(1000);
                if (random.nextInt(3) == 0 && !model.isEmpty()) {
                    Map.Entry<String, Integer> held =
                            model.entrySet().iterator().next();
                    String address = held.getKey();
                    int holder = held.getValue();
                    model.remove(address);
                    assertThat(pool.free(ip(address), owner(5000))).isFalse();
                    assertThat(pool.free(ip(address), owner(holder))).isTrue();
                    continue;
                }
                String wish = random.nextBoolean() ? "" : "10.0.0." + random.nextInt(64);
                if (pool.take(claim(wish, owner), random) instanceof Taken.Given given) {
                    Integer before = model.put(given.value(), owner);
                    assertThat(before).as("seed %d step %d", seed, step).isIn(null, owner);
                }
                assertThat(pool.used()).isEqualTo(model.size());
            }
        }
    }

    @Test
    @DisplayName("SVC-6: node ports given out unasked begin behind a band of 86")
    void portBand() {
        PortPool pool = new PortPool(PortRange.KUBERNETES_NODE_PORTS);
        Random random = new Random(5);
        for (int i = 0; i < 2682; i++) {
            Taken.Given given = (Taken.Given) pool.take(claim("", i), random);
            assertThat(Integer.parseInt(given.value())).isGreaterThanOrEqualTo(30086);
        }
        assertThat(pool.take(claim("", 1), random)).isEqualTo(new Taken.Given("30000"));
        assertThat(((Taken.Denied) pool.take(claim("80", 1), random)).why().message())
                .isEqualTo("Invalid value: 80: provided port is not in the valid range. The range of valid ports is"
                        + " 30000-32767");
    }

    @ParameterizedTest
    @CsvSource({"40000-40015, 0", "40000-40016, 16", "40000-40999, 31", "1024-65535, 128", "5000-5000, 0"})
    @DisplayName("SVC-6: of any other range of node ports so many are kept for wishes, but given out when all else is")
    void otherPortBands(String text, int kept) {
        PortRange range = PortRange.of(text);
        PortPool pool = new PortPool(range);
        Random random = new Random(6);
        for (int i = kept; i < range.size(); i++) {
            int given = Integer.parseInt(((Taken.Given) pool.take(claim("", i), random)).value());
            assertThat(given).isBetween(range.first() + kept, range.last());
        }
        for (int i = 0; i < kept; i++) {
            assertThat(pool.take(claim("", i), random)).isEqualTo(new Taken.Given(Integer.toString(range.first() + i)));
        }
        assertThat(pool.take(claim("", 0), random)).isInstanceOf(Taken.Denied.class);
    }
}
