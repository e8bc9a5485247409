package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.api.TestServer.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Requests passed on to workloads")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForwardingIT {
    private static final String DEFAULT = "/api/v1/namespaces/default/";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private TestServer server;
    private Workload one;
    private Workload two;

    @BeforeAll
    void start() {
        server = new TestServer("""
                weft.api.forward.max-requests = 3
                weft.api.forward.max-body = 5 MiB
                """);
        one = new Workload("one");
        two = new Workload("two");
        pod("one", one.port(), "127.0.0.1");
        pod("two", two.port(), "127.0.0.1");
        service("web");
        endpoints("web", address("127.0.0.1", "one"), one.port(), address("127.0.0.1", "two"), two.port());
    }

    @AfterAll
    void stop() {
        server.close();
        one.close();
        two.close();
    }

    private void pod(String name, int port, String ip) {
        created(server.post(DEFAULT + "pods", """
                {"metadata":{"name":"%s"},"spec":{"containers":[
                  {"name":"c","image":"i","ports":[{"containerPort":%d}]}]}}""".formatted(name, port)));
        Reply status = server.patch(
                DEFAULT + "pods/" + name + "/status",
                "application/merge-patch+json",
                "{\"status\":{\"podIP\":\"" + ip + "\",\"podIPs\":[{\"ip\":\"" + ip + "\"}]}}");
        assertThat(status.status()).as(status.text()).isEqualTo(200);
    }

    private void service(String name) {
        created(server.post(DEFAULT + "services", """
                {"metadata":{"name":"%s"},"spec":{"ports":[{"name":"http","port":80}]}}""".formatted(name)));
    }

    private static String address(String ip, String pod) {
        return """
                {"ip":"%s","targetRef":{"kind":"Pod","namespace":"default","name":"%s"}}""".formatted(ip, pod);
    }

    /** Pairs of an address and a port, each a subset. */
    private void endpoints(String name, Object... addressesAndPorts) {
        StringBuilder subsets = new StringBuilder();
        for (int i = 0; i < addressesAndPorts.length; i += 2) {
            subsets.append(i == 0 ? "" : ",").append("""
                    {"addresses":[%s],"ports":[{"name":"http","port":%s}]}""".formatted(addressesAndPorts[i], addressesAndPorts[i + 1]));
        }
        created(server.post(
                DEFAULT + "endpoints", "{\"metadata\":{\"name\":\"" + name + "\"},\"subsets\":[" + subsets + "]}"));
    }

    private static void created(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    }

    @Test
    @DisplayName("arrive whole: method, path as it was written, query, body and fields, and say who asked")
    void whole() {
        Reply reply = server.send(server.request(DEFAULT + "services/web:http/proxy/a%2Fb//c/?x=%20y&x=z")
                .header("Content-Type", "text/csv")
                .header("X-Own", "kept")
                .header("X-Forwarded-For", "10.9.8.7")
                .header("X-Forwarded-Proto", "gopher")
                .header("Authorization", "Bearer secret")
                .header("Impersonate-User", "root")
                .header("TE", "trailers")
                .method("PATCH", BodyPublishers.ofString("1,2")));
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.header("X-Workload")).isIn("one", "two");
        assertThat(reply.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(reply.text().lines())
                .contains(
                        reply.header("X-Workload") + " PATCH /a%2Fb//c/?x=%20y&x=z",
                        "content-type: text/csv",
                        "x-own: kept",
                        "x-forwarded-for: 10.9.8.7, 127.0.0.1",
                        "x-forwarded-uri: " + DEFAULT + "services/web:http/proxy/a%2Fb//c/",
                        "x-forwarded-proto: http",
                        "x-forwarded-host: 127.0.0.1:" + server.server.address().getPort(),
                        "1,2")
                .noneMatch(line -> line.startsWith("authorization") || line.startsWith("impersonate"))
                .noneMatch(line -> line.startsWith("te:"));
    }

    @Test
    @DisplayName("go to every ready endpoint of a Service, and by Pod to that Pod")
    void spread() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 64; i++) {
            seen.add(server.get(DEFAULT + "services/http:web:80/proxy/x").header("X-Workload"));
        }
        assertThat(seen).containsExactlyInAnyOrder("one", "two");
        assertThat(server.get(DEFAULT + "pods/two/proxy/x").header("X-Workload"))
                .isEqualTo("two");
        assertThat(server.get(DEFAULT + "pods/http:one:" + one.port() + "/proxy/x")
                        .header("X-Workload"))
                .isEqualTo("one");
        assertThat(server.send(server.request(DEFAULT + "pods/one/proxy/x").DELETE())
                        .status())
                .isEqualTo(418);
        assertThat(server.send(server.request(DEFAULT + "pods/one/proxy/x").method("HEAD", BodyPublishers.noBody()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    @DisplayName("that bring a page lead its links through here, packed or not")
    void pages() {
        for (String query : new String[] {"", "?packed"}) {
            Reply page = server.get(DEFAULT + "pods/one/proxy/page" + query);
            assertThat(page.text()).isEqualTo("<html><a href=\"" + DEFAULT + "pods/one/proxy/x\">x</a></html>");
            assertThat(page.header("Content-Encoding")).isEmpty();
        }
    }

    @Test
    @DisplayName("that are redirected come back through here")
    void redirected() {
        assertThat(server.get(DEFAULT + "pods/one/proxy/moved").header("Location"))
                .isEqualTo(DEFAULT + "pods/one/proxy/elsewhere?x=1");
        Reply slash = server.get(DEFAULT + "pods/one/proxy?a=b");
        assertThat(slash.status()).isEqualTo(301);
        assertThat(slash.header("Location")).isEqualTo(DEFAULT + "pods/one/proxy/?a=b");
    }

    @Test
    @DisplayName("go over TLS where the URL says so, whatever certificate the workload has")
    void overTls(@TempDir Path temporary) throws Exception {
        Path keys = temporary.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=nobody",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        try (Workload secured = new Workload("secured", keys)) {
            pod("secured", secured.port(), "127.0.0.1");
            assertThat(server.get(DEFAULT + "pods/https:secured:/proxy/x").header("X-Workload"))
                    .isEqualTo("secured");
            assertThat(server.get(DEFAULT + "pods/secured/proxy/x").header("X-Workload"))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("that lead nowhere are answered in the words of Kubernetes")
    void nowhere() throws IOException {
        service("empty");
        created(server.post(DEFAULT + "endpoints", "{\"metadata\":{\"name\":\"empty\"}}"));
        Reply empty = server.get(DEFAULT + "services/empty:http/proxy/");
        assertThat(empty.text().trim()).isEqualTo("""
                {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",\
                "message":"no endpoints available for service \\"empty:http\\"",\
                "reason":"ServiceUnavailable","code":503}""");
        assertThat(empty.status()).isEqualTo(503);
        assertThat(message("services/web:81/proxy/")).isEqualTo("no service port 81 found for service \"web\"");
        assertThat(message("services/web:other/proxy/")).isEqualTo("no endpoints available for service \"web:other\"");
        assertThat(message("services/none/proxy/")).isEqualTo("services \"none\" not found");
        assertThat(message("pods/none/proxy/")).isEqualTo("pods \"none\" not found");
        assertThat(message("services/a:b:c:d/proxy/")).isEqualTo("invalid service request \"a:b:c:d\"");
        assertThat(message("services/ftp:web:80/proxy/")).isEqualTo("invalid service request \"ftp:web:80\"");
        assertThat(message("pods/one:http/proxy/")).isEqualTo("invalid pod request \"one:http\"");
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        pod("closed", closed, "127.0.0.1");
        Reply refused = server.get(DEFAULT + "pods/closed/proxy/");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.at("/message")).startsWith("error trying to reach service: ");
    }

    private String message(String path) {
        return server.get(DEFAULT + path).at("/message");
    }

    @Test
    @DisplayName("go to Pods of the namespace only, and on loopback only to ports that these declare")
    void onlyToPods() {
        service("by-hand");
        endpoints("by-hand", "{\"ip\":\"127.0.0.1\"}", one.port());
        assertThat(message("services/by-hand:http/proxy/"))
                .isEqualTo("no endpoints available for service \"by-hand:http\"");
        service("not-its-address");
        endpoints("not-its-address", address("127.0.0.9", "one"), one.port());
        assertThat(message("services/not-its-address:http/proxy/")).startsWith("no endpoints available");
        service("not-its-port");
        endpoints("not-its-port", address("127.0.0.1", "one"), two.port());
        assertThat(message("services/not-its-port:http/proxy/")).startsWith("no endpoints available");
        assertThat(message("pods/one:" + server.server.address().getPort() + "/proxy/"))
                .isEqualTo("address not allowed");
        pod("metadata", 80, "169.254.169.254");
        Reply linkLocal = server.get(DEFAULT + "pods/metadata/proxy/latest");
        assertThat(linkLocal.status()).isEqualTo(400);
        assertThat(linkLocal.at("/message")).isEqualTo("address not allowed");
    }

    @Test
    @DisplayName("carry more than an object may have, as it comes, up to their own bound")
    void large() throws IOException {
        byte[] body = new byte[4 << 20];
        Arrays.fill(body, (byte) 'x');
        assertThat(server.send(server.request(DEFAULT + "pods/one/proxy/size").POST(BodyPublishers.ofByteArray(body)))
                        .text())
                .isEqualTo(Integer.toString(4 << 20));
        try (Socket client = open("POST " + DEFAULT + "pods/one/proxy/size HTTP/1.1\r\nHost: x\r\n" + "Content-Length: "
                + (6 << 20) + "\r\n\r\n")) {
            until(client.getInputStream(), "HTTP/1.1 413 ");
        }
    }

    @Test
    @DisplayName("are bounded in number, and end at the workload when the client goes")
    void bounded() throws Exception {
        try (Workload slow = new Workload("slow")) {
            pod("slow", slow.port(), "127.0.0.1");
            Socket[] clients = new Socket[3];
            for (int i = 0; i < clients.length; i++) {
                clients[i] = open("GET " + DEFAULT + "pods/slow/proxy/stream HTTP/1.1\r\nHost: x\r\n\r\n");
                until(clients[i].getInputStream(), "tick");
            }
            Reply refused = server.get(DEFAULT + "pods/one/proxy/x");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(server.get("/version").status()).isEqualTo(200);
            for (Socket client : clients) {
                client.close();
            }
            assertThat(slow.streamBroken.await(30, TimeUnit.SECONDS)).isTrue();
        }
        await().atMost(PATIENCE)
                .until(() -> server.get(DEFAULT + "pods/one/proxy/x").status() == 200);
    }

    @Test
    @DisplayName("whose answer breaks off break off for the client as well")
    void brokenOff() throws IOException {
        try (ServerSocket workload = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            pod("broken", workload.getLocalPort(), "127.0.0.1");
            Thread answering = new Thread(() -> {
                try (Socket socket = workload.accept()) {
                    until(socket.getInputStream(), "\r\n\r\n");
                    socket.getOutputStream()
                            .write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            answering.start();
            try (Socket client = open("GET " + DEFAULT + "pods/broken/proxy/x HTTP/1.1\r\nHost: x\r\n\r\n")) {
                assertThat(untilReset(client)).doesNotContain("0\r\n\r\n");
            }
        }
    }

    /** A reset may destroy what has not been read yet. */
    private static String untilReset(Socket client) throws IOException {
        StringBuilder read = new StringBuilder();
        try {
            for (int next = client.getInputStream().read();
                    next >= 0;
                    next = client.getInputStream().read()) {
                read.append((char) next);
            }
        } catch (java.net.SocketException reset) {
            read.append("reset");
        }
        return read.toString();
    }

    private Socket open(String request) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), server.server.address().getPort());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void until(InputStream in, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = in.read();
            assertThat(next).as("ended after: " + read).isNotNegative();
            read.append((char) next);
        }
    }
}
