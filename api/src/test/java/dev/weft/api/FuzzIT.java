package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that are wrong in a thousand ways, over real sockets: each gets an answer, and none is an internal error. The
 * number of requests comes from the system property {@code weft.fuzz.requests}.
 */
@DisplayName("The whole server")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class FuzzIT {
    private static final int REQUESTS = Integer.getInteger("weft.fuzz.requests", 1500);
    private static final int PATIENCE_MILLIS = 60_000;
    private static final String NS = "/api/v1/namespaces/default/";

    private static final List<String> PATHS = List.of(
            NS + "services",
            NS + "services/web",
            NS + "services/web/status",
            "/apis/apps/v1/namespaces/default/deployments/dep/scale",
            NS + "configmaps/cm",
            "/api/v1/namespaces/default/finalize",
            "/api/v1/nodes",
            "/apis/discovery.k8s.io/v1/endpointslices",
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            "/apis",
            "/api/v1",
            "/openapi/v3/api/v1",
            "/version",
            "/readyz",
            "/metrics");
    private static final List<String> QUERIES = List.of(
            "",
            "?limit=1&continue=",
            "?limit=500&labelSelector=" + encode("a=b,c in (d,e),!f,g>1"),
            "?fieldSelector=" + encode("metadata.name=web,spec.type!=NodePort"),
            "?watch=true&timeoutSeconds=1&allowWatchBookmarks=true&resourceVersion=0",
            "?watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan",
            "?resourceVersion=5&resourceVersionMatch=Exact",
            "?dryRun=All&fieldManager=fuzz&fieldValidation=Strict",
            "?fieldManager=fuzz&force=true",
            "?propagationPolicy=Background&gracePeriodSeconds=0&dryRun=All",
            "?pretty=true&includeObject=Object&verbose");
    private static final List<String> HEADERS = List.of(
            "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
            "Accept: application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io",
            "Accept: application/vnd.kubernetes.protobuf,application/json;q=0.5",
            "Content-Type: application/json",
            "Content-Type: application/yaml; charset=utf-8",
            "Content-Type: application/strategic-merge-patch+json",
            "Content-Type: application/json-patch+json",
            "Content-Type: application/merge-patch+json",
            "Content-Type: application/apply-patch+yaml",
            "Content-Type: application/vnd.kubernetes.protobuf",
            "Content-Encoding: gzip",
            "Accept-Encoding: gzip, deflate",
            "User-Agent: kubectl.1.32/v1.32.5 (linux/amd64) kubernetes/9894294",
            "Authorization: Bearer abc.def",
            "Kubectl-Session: 1-2-3",
            "If-None-Match: \"x\"",
            "Expect: 100-continue",
            "X-Remote-User: root");
    private static final List<String> METHODS =
            List.of("GET", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD");
    private static final List<String> BODIES = List.of(
            "",
            "{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"ports\":[{\"port\":80}]}}",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b}\n",
            "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":3},{\"op\":\"test\",\"path\":\"/spec\",\"value\":1e99}]",
            "{\"spec\":{\"replicas\":2,\"ports\":[{\"port\":81,\"$patch\":\"delete\"}]},\"metadata\":{\"labels\":{\"a\":null}}}",
            "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"preconditions\":{\"uid\":\"x\"},\"gracePeriodSeconds\":0}",
            "{\"kind\":\"Scale\",\"apiVersion\":\"autoscaling/v1\",\"spec\":{\"replicas\":5}}");

    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer();
        server.post(NS + "services", BODIES.get(1));
        server.post(NS + "configmaps", "{\"metadata\":{\"name\":\"cm\"},\"data\":{\"a\":\"1\"}}");
        server.post("/apis/apps/v1/namespaces/default/deployments", """
                {"metadata":{"name":"dep"},"spec":{"selector":{"matchLabels":{"a":"b"}},
                 "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("answers every spoilt request, never with an internal error, and is well afterwards")
    void spoiltRequests() throws IOException {
        long seed = Long.getLong("weft.fuzz.seed", 31337L);
        System.out.println("requests are spoilt with seed " + seed);
        Random random = new Random(seed);
        Mutation mutation = new Mutation(random);
        for (int i = 0; i < REQUESTS; i++) {
            byte[] request = request(random, mutation);
            String status = statusLine(request);
            assertThat(status)
                    .as("case %d of seed %d: %s", i, seed, new String(request, StandardCharsets.ISO_8859_1))
                    .matches("HTTP/1\\.1 (?!500)[1-5]\\d\\d .*");
        }
        assertThat(server.get("/readyz").text()).isEqualTo("ok");
        Awaitility.await().until(() -> server.server.openWatches() == 0);
    }

    /** Well formed as HTTP; what it carries is spoilt in at least one place. */
    private static byte[] request(Random random, Mutation mutation) {
        String target = pick(random, PATHS) + pick(random, QUERIES);
        String header = pick(random, HEADERS);
        String value = header.substring(header.indexOf(':') + 1).trim();
        byte[] body = pick(random, BODIES).getBytes(StandardCharsets.UTF_8);
        int spoilt = random.nextInt(4);
        if (spoilt == 0) {
            target = "/" + targetOf(mutation.of(target.substring(1)));
        } else if (spoilt == 1) {
            value = visible(mutation.of(value));
        } else {
            body = mutation.of(body);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((pick(random, METHODS) + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                        + header.substring(0, header.indexOf(':')) + ": " + value + "\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(body);
        return out.toByteArray();
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    /** What cannot stand in a request's line is escaped, as any client would; what is escaped wrongly stays so. */
    private static String targetOf(String text) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (each > ' ' && each < 127 && each != '#') {
                out.append((char) each);
            } else {
                out.append(String.format("%%%02X", each & 0xff));
            }
        }
        return out.toString();
    }

    private static String visible(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private String statusLine(byte[] request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(
                            InetAddress.getLoopbackAddress(),
                            server.server.address().getPort()),
                    PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n' && line.length() < 200; c = in.read()) {
                line.append((char) c);
            }
            return line.toString().strip();
        }
    }
}
