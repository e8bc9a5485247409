package dev.weft.proxy.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("a server cookie")
class ServerCookiesTest {

    @Test
    @DisplayName("is the one that RFC 9018 gives as an example for IPv6")
    void exampleOfIpv6() throws Exception {
        byte[] key = HexFormat.of().parseHex("dd3bdf9344b678b185a6f5cb60fca715");
        ServerCookies cookies = new ServerCookies(little(key, 0), little(key, 8));
        byte[] message = new byte[24];
        System.arraycopy(HexFormat.of().parseHex("22681ab97d52c298"), 0, message, 0, 8);
        InetAddress client = InetAddress.getByName("2001:db8:220:1:59de:d0f4:8769:82b8");

        cookies.write(message, 0, client, 1_559_741_817L, message, 8);

        assertThat(HexFormat.of().formatHex(message, 8, 24)).isEqualTo("010000005cf7c57926556bd0934c72f8");
        assertThat(cookies.valid(message, 0, 24, client, 1_559_741_817L)).isTrue();
        message[23] ^= 1;
        assertThat(cookies.valid(message, 0, 24, client, 1_559_741_817L)).isFalse();
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
