package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Clients that send their bodies slowly")
class SlowBodiesIT {
    private static final String PATH = "/api/v1/namespaces/default/configmaps";

    private static Socket slow(TestServer server) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort());
        socket.setSoTimeout(60_000);
        String head = "POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: 20\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static void close(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    @DisplayName("take no place of those who have sent theirs")
    void noPlace() throws IOException {
        TestServer server = new TestServer("weft.api { max-requests-in-flight = 3, max-writes-in-flight = 2 }");
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 12; i++) {
                sockets.add(slow(server));
            }
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                String metrics = server.get("/metrics").text();
                assertThat(metrics)
                        .contains("weft_api_bodies_awaited 12\n")
                        .contains("apiserver_current_inflight_requests{request_kind=\"mutating\"} 0");
            });
            assertThat(server.get(PATH).status()).isEqualTo(200);
            assertThat(server.post(PATH, "{\"metadata\":{\"name\":\"quick\"}}").status())
                    .isEqualTo(201);
            Socket first = sockets.get(0);
            first.getOutputStream().write("\"metadata\":{}      }".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(first.getInputStream().read()).isEqualTo('H');
        } finally {
            close(sockets);
            server.close();
        }
    }

    @Test
    @DisplayName("are bounded among themselves: the one that was waited for longest gives way")
    void bounded() throws IOException {
        TestServer server = new TestServer("weft.api.max-bodies-awaited = 3");
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                sockets.add(slow(server));
            }
            List<String> ended = new ArrayList<>();
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                for (Socket socket : sockets) {
                    if (socket.getInputStream().available() > 0) {
                        ended.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
                    }
                }
                assertThat(ended).hasSize(1);
            });
            assertThat(ended.get(0)).startsWith("HTTP/1.1 504 ").contains("too many others");
        } finally {
            close(sockets);
            server.close();
        }
    }
}
