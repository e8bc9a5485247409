package dev.weft.proxy.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.view.Protocol;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.net.BindException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("the outcome of a bind")
class BindOutcomeTest {
    private static final int EACCES = -13;
    private static final int EADDRINUSE = -98;
    private static final int EADDRNOTAVAIL = -99;

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("java", 80, new BindException("Permission denied"), BindState.PERMISSION_DENIED),
                Arguments.of("native", 80, nativeFailure(EACCES), BindState.PERMISSION_DENIED),
                Arguments.of("java", 80, new BindException("Address already in use"), BindState.ADDRESS_IN_USE),
                Arguments.of("native", 80, nativeFailure(EADDRINUSE), BindState.ADDRESS_IN_USE),
                Arguments.of("java", 8080, new BindException("Address already in use"), BindState.ADDRESS_IN_USE),
                Arguments.of("another locale", 8080, new BindException("?"), BindState.ADDRESS_IN_USE),
                Arguments.of("another locale", 80, new BindException("?"), BindState.FAILED));
    }

    private static Throwable nativeFailure(int errorNumber) {
        Assumptions.assumeTrue(Epoll.isAvailable(), "the error's class needs the native library");
        return new Errors.NativeIoException("bind(..)", errorNumber);
    }

    @ParameterizedTest(name = "{0}, port {1}: {3}")
    @MethodSource("failures")
    @DisplayName("is the same state on both transports, and names the port or the address")
    void states(String transport, int port, Throwable failure, BindState expected) {
        BindOutcome outcome = BindOutcome.of(new ListenerKey("127.0.0.1", port, Protocol.TCP), failure);

        assertThat(outcome.state()).isEqualTo(expected);
        assertThat(outcome.reason()).contains(Integer.toString(port));
    }

    @Test
    @DisplayName("says how an address of IPv6 that is not on the host can be bound, by the kind of the socket")
    void notOnHost() {
        ListenerKey key = new ListenerKey("2001:db8::1", 80, Protocol.TCP);
        BindOutcome java = BindOutcome.of(key, new BindException("Cannot assign requested address"));
        BindOutcome epoll = BindOutcome.of(key, nativeFailure(EADDRNOTAVAIL));

        assertThat(java.state()).isEqualTo(BindState.ADDRESS_NOT_ON_HOST);
        assertThat(java.reason()).contains("ip -6 addr add 2001:db8::1/128 dev lo", "net.ipv6.ip_nonlocal_bind=1");
        assertThat(epoll.state()).isEqualTo(BindState.ADDRESS_NOT_ON_HOST);
        assertThat(epoll.reason()).contains("ip -6 route add local").doesNotContain("ip_nonlocal_bind");
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("says what to do about a privileged port")
    void privileged(String transport, int port, Throwable failure, BindState expected) {
        BindOutcome outcome = BindOutcome.of(new ListenerKey("127.0.0.1", port, Protocol.TCP), failure);

        assertThat(outcome.reason().contains("CAP_NET_BIND_SERVICE"))
                .isEqualTo(expected == BindState.PERMISSION_DENIED);
    }
}
