package dev.weft.registry.resource;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An IP address")
class IpAddressTest {
    @ParameterizedTest(name = "''{0}''")
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "127.96.0.10, 127.96.0.10",
        "255.255.255.255, 255.255.255.255",
        "fd00:0:0::1, fd00::1",
        "::, ::",
        "2001:db8::ffff:1.2.3.4, 2001:db8::ffff:102:304"
    })
    @DisplayName("is read from the forms that Kubernetes takes, and shown in one")
    void reads(String text, String shown) {
        assertThat(IpAddress.parse(text)).map(IpAddress::toString).contains(shown);
    }

    @ParameterizedTest(name = "''{0}''")
    @ValueSource(
            strings = {
                "",
                ".",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "1.2.3.256",
                "1.2.3.04",
                "00.0.0.0",
                "1.2.3.4 ",
                "1.2.3.x",
                "1.2.3.-1",
                "1.2.3.99999999999",
                "1.2.3.٤",
                ":",
                ":::",
                "1::2::3",
                "fe80::1%eth0",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "::1.2.3.04"
            })
    @DisplayName("is nothing else")
    void refuses(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }
}
