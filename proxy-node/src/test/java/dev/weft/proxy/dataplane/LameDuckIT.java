package dev.weft.proxy.dataplane;

import static dev.weft.proxy.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A listener in whose place the kernel serves")
@ExtendWith(NoLeaks.class)
@Timeout(300)
class LameDuckIT {
    private static ListenerPlan to(int port, TestBackend backend) {
        return Rig.plan(port, List.of(Rig.candidate(backend.address(), backend.port())));
    }

    private static void assertServed(int port) throws IOException {
        try (Socket socket = Rig.connect(port)) {
            Rig.ask(socket);
        }
    }

    private static void assertClosed(int port) {
        assertThatThrownBy(() -> Rig.connect(port).close()).isInstanceOf(ConnectException.class);
    }

    @Test
    @DisplayName("serves who still comes to it, by the endpoints of today, and has its address still")
    void served() throws Exception {
        try (Rig rig = new Rig(true)) {
            TestBackend former = rig.backend(1, TestBackend::echo);
            TestBackend present = rig.backend(2, TestBackend::echo);
            int port = rig.start(former);
            assertServed(port);
            rig.plane().apply(Rig.WEB, List.of(), List.of(to(port, former)));
            assertThat(rig.plane().services()).isEmpty();
            assertThat(rig.plane().addressesInUse()).containsExactly(Rig.VIP);
            rig.plane().apply(Rig.WEB, List.of(), List.of(to(port, present)));
            former.close();
            assertServed(port);
        }
    }

    @Test
    @DisplayName("closes when nobody has come for the time of a lame duck, though not before its last connection ends")
    void forgotten() throws Exception {
        try (Rig rig = new Rig(true)) {
            rig.lameDuck = Duration.ofMillis(100);
            TestBackend echo = rig.backend(1, TestBackend::echo);
            int port = rig.start(echo);
            try (Socket open = Rig.connect(port)) {
                Rig.ask(open);
                rig.plane().apply(Rig.WEB, List.of(), List.of(to(port, echo)));
                await().pollDelay(Duration.ofMillis(400)).untilAsserted(() -> Rig.ask(open));
                assertServed(port);
            }
            // Asking at the port would be one more who comes to it.
            await().until(() -> rig.plane().addressesInUse().isEmpty());
            await().untilAsserted(() -> assertClosed(port));
        }
    }

    @Test
    @DisplayName("is the same one when the service comes back from the kernel, with what it has counted")
    void back() throws Exception {
        try (Rig rig = new Rig(true)) {
            TestBackend echo = rig.backend(1, TestBackend::echo);
            int port = rig.start(echo);
            assertServed(port);
            rig.plane().apply(Rig.WEB, List.of(), List.of(to(port, echo)));
            rig.apply(Rig.WEB, to(port, echo));
            assertServed(port);
            assertThat(rig.status().accepted()).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("closes at once when nobody serves that address and port any more")
    void gone() throws Exception {
        try (Rig rig = new Rig(true)) {
            TestBackend echo = rig.backend(1, TestBackend::echo);
            int port = rig.start(echo);
            rig.plane().apply(Rig.WEB, List.of(), List.of(to(port, echo)));
            rig.plane().apply(Rig.WEB, List.of(), List.of());
            await().untilAsserted(() -> assertClosed(port));
        }
    }

    @Test
    @DisplayName("shares the service's bound on connections with its other listeners")
    void bounded() throws Exception {
        try (Rig rig = new Rig(true)) {
            rig.limits = new ConnectionLimits(10, 1, 10, 10);
            TestBackend echo = rig.backend(1, TestBackend::echo);
            int port = rig.start(echo);
            try (Socket open = Rig.connect(port)) {
                Rig.ask(open);
                rig.plane().apply(Rig.WEB, List.of(), List.of(to(port, echo)));
                rig.apply(Rig.WEB, to(port, echo));
                assertThatThrownBy(() -> assertServed(port)).isInstanceOf(IOException.class);
                Rig.ask(open);
            }
        }
    }
}
