package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a server cookie")
class ServerCookiesTest {

    @Test
    @DisplayName("is hashed as the paper's test vector has it")
    void vector() {
        byte[] input = new byte[15];
        for (int i = 0; i < input.length; i++) {
            input[i] = (byte) i;
        }
        long hash = new ServerCookies(0x0706050403020100L, 0x0f0e0d0c0b0a0908L).sipHash(input);

        assertThat(hash).isEqualTo(0xa129ca6149be45e5L); // Aumasson and Bernstein, appendix A
    }

    @Test
    @DisplayName("is the one that RFC 9018 gives as an example, and holds for that client and an hour")
    void example() throws Exception {
        byte[] key = HexFormat.of().parseHex("e5e973e5a6b2a43f48e7dc849e37bfcf");
        ServerCookies cookies = new ServerCookies(little(key, 0), little(key, 8));
        byte[] message = new byte[24];
        System.arraycopy(HexFormat.of().parseHex("2464c4abcf10c957"), 0, message, 0, 8);
        InetAddress client = InetAddress.getByName("198.51.100.100");
        long time = 1_559_731_985L;

        cookies.write(message, 0, client, time, message, 8);

        assertThat(HexFormat.of().formatHex(message, 8, 24)).isEqualTo("010000005cf79f111f8130c3eee29480");
        assertThat(cookies.valid(message, 0, 24, client, time + 3600)).isTrue();
        assertThat(cookies.valid(message, 0, 24, client, time + 3601)).isFalse();
        assertThat(cookies.valid(message, 0, 24, InetAddress.getByName("198.51.100.101"), time))
                .isFalse();
    }

    private static long little(byte[] bytes, int at) {
        long value = 0;
        for (int i = 7; i >= 0; i--) {
            value = (value << 8) | (bytes[at + i] & 0xFF);
        }
        return value;
    }
}
