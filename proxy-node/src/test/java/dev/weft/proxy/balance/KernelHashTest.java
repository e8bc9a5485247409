package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.selection.Candidate;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("the kernel's hash")
class KernelHashTest {
    /** What a Linux kernel made of {@code jhash ip saddr mod 4294967295 seed 0x77656674}, and of {@code ip6 saddr}. */
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 52f76968",
        "10.0.0.2, 7bce6efc",
        "10.91.0.2, 8b206764",
        "10.255.255.254, 527853bb",
        "192.0.2.1, 7a108b60",
        "192.0.2.200, a023b6c8",
        "fd91::2, 6f043c0d",
        "fd91:1::2, 691cd63e",
        "2001:db8::1, 6efe4440",
        "2001:db8:ffff:8000::fe, 3e28829d",
    })
    @DisplayName("of an address is the one that rules of nftables choose by")
    void vectors(String address, String expected) {
        int hash = KernelHash.of(NetUtil.createByteArrayFromIpAddressString(address));
        assertThat(Integer.toHexString(hash - 1)).as("hash * (2^32 - 1) / 2^32").isEqualTo(expected);
    }

    /** lookup3 of nothing is where it begins, by its source. */
    @Test
    @DisplayName("of a client without an address is where the hash begins")
    void ofNothing() {
        assertThat(KernelHash.of(new byte[0], 0)).isEqualTo(0xDEADBEEF);
    }

    @Test
    @DisplayName("leads a client to the same endpoint as rules over the endpoints in order of identity")
    void order() {
        BalanceSettings settings =
                new BalanceSettings(Algorithm.SOURCE_IP_HASH, Duration.ofSeconds(10), 1_021, 16, 1.25, 1_024);
        TargetSet targets = new TargetPool(settings)
                .update(List.of(candidate("/c", "10.0.0.9"), candidate("/a", "10.0.0.8"), candidate("/b", "10.0.0.7")));
        Balancer balancer = Algorithm.SOURCE_IP_HASH.balancer(settings, 1).over(targets);
        assertThat(picked(balancer, "10.0.0.1")).as("0x52f7 * 3 >> 16").isEqualTo("/a");
        assertThat(picked(balancer, "10.0.0.2")).as("0x7bce * 3 >> 16").isEqualTo("/b");
        assertThat(picked(balancer, "192.0.2.200")).as("0xa023 * 3 >> 16").isEqualTo("/b");
        assertThat(picked(balancer.over(new TargetSet(targets.asList().subList(0, 2))), "192.0.2.200"))
                .as("0xa023 * 2 >> 16, of /a and /c")
                .isEqualTo("/c");
    }

    private static String picked(Balancer balancer, String client) {
        Target picked = balancer.pick(ClientKey.of(NetUtil.createByteArrayFromIpAddressString(client)), 0);
        assertThat(picked).isNotNull();
        return picked.identity();
    }

    private static Candidate candidate(String identity, String address) {
        return new Candidate(address, 80, "", identity, true, true, false, false, Set.of(), Set.of(), 1);
    }
}
