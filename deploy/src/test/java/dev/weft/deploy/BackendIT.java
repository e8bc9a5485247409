package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.deploy.child.Child;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.gossip.HostPort;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("weft backend")
class BackendIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("answers with its name, and to /healthz, /slow, /status and /bytes; stops cleanly")
    void answersOverHttp() throws Exception {
        HostPort address = bed.free();
        Child backend = bed.command("one", "backend", "--listen", address.toString(), "--name", "one");
        assertThat(backend.awaitReady(PATIENCE)).isEqualTo("ready name=one http=" + address);
        assertThat(get(address, "/").body()).isEqualTo("one\n");
        assertThat(get(address, "/healthz").body()).isEqualTo("ok\n");
        assertThat(get(address, "/status?code=503").statusCode()).isEqualTo(503);
        assertThat(get(address, "/status?code=99").statusCode()).isEqualTo(400);
        assertThat(get(address, "/bytes?n=1000003").body()).hasSize(1_000_003);
        assertThat(get(address, "/bytes?n=-1").statusCode()).isEqualTo(400);
        long begun = System.nanoTime();
        assertThat(get(address, "/slow?ms=300").body()).isEqualTo("one\n");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(300), PATIENCE);
        assertThat(backend.stop(Duration.ofSeconds(30))).isZero();
    }

    @Test
    @DisplayName("echoes over TCP and UDP, both at the same port")
    void echoes() throws Exception {
        HostPort address = bed.free();
        Child backend =
                bed.command("two", "backend", "--listen", address.toString(), "--name", "two", "--tcp", "--udp");
        assertThat(backend.awaitReady(PATIENCE)).contains("tcp=" + address, "udp=" + address);
        byte[] sent = new byte[300_000];
        new Random(7).nextBytes(sent);
        try (Socket socket = new Socket(address.host(), address.port())) {
            Thread writer = new Thread(() -> write(socket, sent));
            writer.start();
            assertThat(socket.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            writer.join();
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5000);
            byte[] message = "hello".getBytes(StandardCharsets.UTF_8);
            socket.send(
                    new DatagramPacket(message, message.length, InetAddress.getByName(address.host()), address.port()));
            DatagramPacket back = new DatagramPacket(new byte[100], 100);
            socket.receive(back);
            assertThat(new String(back.getData(), 0, back.getLength(), StandardCharsets.UTF_8))
                    .isEqualTo("hello");
        }
        assertThat(backend.stop(Duration.ofSeconds(30))).isZero();
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static HttpResponse<String> get(HostPort address, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + address + path))
                                .timeout(PATIENCE)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
