package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("the response rate")
class ResponseRateTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    @DisplayName("lets a second's worth through at once, then every other refused one truncated, then the rate")
    void bounds() throws Exception {
        ResponseRate rate = new ResponseRate(10, 2, 64);
        InetAddress client = InetAddress.getByName("192.0.2.7");

        assertThat(rulings(rate, client, 30, 5 * SECOND))
                .containsEntry(ResponseRate.Ruling.SEND, 10)
                .containsEntry(ResponseRate.Ruling.TRUNCATE, 10)
                .containsEntry(ResponseRate.Ruling.NOTHING, 10);
        assertThat(rulings(rate, InetAddress.getByName("192.0.2.200"), 5, 5 * SECOND))
                .as("the same network")
                .doesNotContainKey(ResponseRate.Ruling.SEND);
        assertThat(rulings(rate, InetAddress.getByName("192.0.3.7"), 5, 5 * SECOND))
                .as("another network")
                .containsEntry(ResponseRate.Ruling.SEND, 5);
        assertThat(rulings(rate, client, 10, 5 * SECOND + SECOND / 2))
                .as("half a second later")
                .containsEntry(ResponseRate.Ruling.SEND, 5);
        assertThat(rulings(rate, InetAddress.getByName("2001:db8::1"), 20, 5 * SECOND))
                .containsEntry(ResponseRate.Ruling.SEND, 10);
    }

    @Test
    @DisplayName("keeps to its table however many networks come")
    void bounded() throws Exception {
        ResponseRate rate = new ResponseRate(1, 0, 8);
        int sent = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] address = {(byte) 192, (byte) (i >> 8), (byte) i, 1};
            sent += rate.rule(InetAddress.getByAddress(address), SECOND) == ResponseRate.Ruling.SEND ? 1 : 0;
        }
        assertThat(sent).isEqualTo(1000);
    }

    private static Map<ResponseRate.Ruling, Integer> rulings(
            ResponseRate rate, InetAddress client, int times, long at) {
        Map<ResponseRate.Ruling, Integer> counts = new EnumMap<>(ResponseRate.Ruling.class);
        for (int i = 0; i < times; i++) {
            counts.merge(rate.rule(client, at), 1, Integer::sum);
        }
        return counts;
    }
}
