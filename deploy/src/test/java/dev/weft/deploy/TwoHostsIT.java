package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.deploy.child.Child;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TwoHosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real processes that share no loopback: what is between them is a link that the kernel cuts in one direction. */
@DisplayName("Two clusters on two hosts")
class TwoHostsIT {
    private static final List<String> NAMES = List.of("east", "west");
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
    private static final String CONFIG = """
            weft.gossip {
              links.silence = 3 s
              members.freshness { suspect-after = 2 s, stale-after = 4 s }
            }
            """;
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final List<Children> families = new ArrayList<>();

    @Test
    @DisplayName(
            "meet by a token at addresses that are not loopback, fail static while one does not hear the other, and"
                    + " hold the same when the link is whole again")
    void wholeStory() throws Exception {
        String missing = TwoHosts.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> "cannot make network namespaces: " + missing);
        try (TwoHosts hosts = new TwoHosts()) {
            start(hosts);
            assertThat(weft(hosts, 1, "federate", "join", "--api", api(), token(hosts))
                            .out())
                    .contains("joined");
            share(hosts);
            eventually(() -> assertThat(imported(hosts)).containsExactly("10.1.0.1"));

            hosts.deafen(1);
            eventually(() ->
                    assertThat(cluster(hosts).at("/status/freshness").asText()).isEqualTo("Stale"));
            slice(hosts, "PUT", SLICES + "/web-1", "10.1.0.2");
            assertThat(imported(hosts)).containsExactly("10.1.0.1");

            hosts.heal(1);
            eventually(() -> assertThat(imported(hosts)).containsExactly("10.1.0.2"));
            eventually(() ->
                    assertThat(cluster(hosts).at("/status/freshness").asText()).isEqualTo("Fresh"));
            eventually(() -> assertThat(digest(hosts, 1)).isEqualTo(digest(hosts, 0)));
        } finally {
            families.forEach(Children::close);
        }
    }

    private void start(TwoHosts hosts) throws IOException {
        List<Child> started = new ArrayList<>();
        String config = bed.config(CONFIG);
        for (int host = 0; host < 2; host++) {
            Children children = new Children(hosts.weft(host));
            families.add(children);
            String name = NAMES.get(host);
            Path log = bed.directory().resolve(name + ".log");
            started.add(children.start(
                    name,
                    List.of(
                            "server",
                            "--no-proxy",
                            "--cluster=" + name,
                            "--data=" + bed.directory().resolve(name),
                            "--api=127.0.0.1:8080",
                            "--akka=127.0.0.1:7946",
                            "--gossip=" + hosts.address(host) + ":7947",
                            "--service-cidr=127.10" + host + ".0.0/20",
                            "--clusterset-cidr=127.11" + host + ".0.0/20",
                            "--dns=off",
                            "--config=" + config),
                    log));
        }
        started.forEach(child -> child.awaitReady(Duration.ofMinutes(2)));
    }

    private static String api() {
        return "http://127.0.0.1:8080";
    }

    private static String token(TwoHosts hosts) throws Exception {
        return weft(hosts, 0, "federate", "invite", "--api", api()).out().strip();
    }

    private static Call weft(TwoHosts hosts, int host, String... words) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(hosts.weft(host).call(List.of(words)));
        builder.environment().putAll(hosts.weft(host).environment());
        Call call = Call.of(builder);
        assertThat(call.code()).as(call.err()).isZero();
        return call;
    }

    private static void share(TwoHosts hosts) throws Exception {
        for (int host = 0; host < 2; host++) {
            write(hosts, host, "POST", "/api/v1/namespaces", "{'metadata':{'name':'shop'}}");
        }
        write(
                hosts,
                0,
                "POST",
                "/api/v1/namespaces/shop/services",
                "{'metadata':{'name':'web'},'spec':{'ports':[{'name':'http','port':80}]}}");
        slice(hosts, "POST", SLICES, "10.1.0.1");
        write(
                hosts,
                0,
                "POST",
                "/apis/multicluster.x-k8s.io/v1beta1/namespaces/shop/serviceexports",
                "{'metadata':{'name':'web'}}");
    }

    private static void slice(TwoHosts hosts, String method, String path, String address) throws Exception {
        write(
                hosts,
                0,
                method,
                path,
                "{'metadata':{'name':'web-1','labels':{'kubernetes.io/service-name':'web'}},'addressType':'IPv4',"
                        + "'ports':[{'name':'http','port':8080}],'endpoints':[{'addresses':['" + address + "'],"
                        + "'conditions':{'ready':true}}]}");
    }

    private static void write(TwoHosts hosts, int host, String method, String path, String body) throws Exception {
        Path file = Files.createTempFile("weft-body-", ".json");
        try {
            Files.writeString(file, body.replace('\'', '"'));
            hosts.run(
                    host,
                    "curl",
                    "-sS",
                    "--fail-with-body",
                    "-X",
                    method,
                    "-H",
                    "Content-Type: application/json",
                    "--data",
                    "@" + file,
                    api() + path);
        } finally {
            Files.delete(file);
        }
    }

    private static JsonNode read(TwoHosts hosts, int host, String path) throws Exception {
        return JSON.readTree(hosts.run(host, "curl", "-sS", api() + path));
    }

    /** Addresses that the second has of the first. */
    private static Set<String> imported(TwoHosts hosts) throws Exception {
        Set<String> addresses = new TreeSet<>();
        String selector = "?labelSelector=multicluster.kubernetes.io%2Fsource-cluster%3Deast";
        for (JsonNode slice : read(hosts, 1, SLICES + selector).path("items")) {
            slice.path("endpoints")
                    .forEach(endpoint ->
                            addresses.add(endpoint.at("/addresses/0").asText()));
        }
        return addresses;
    }

    private static JsonNode cluster(TwoHosts hosts) throws Exception {
        return read(hosts, 1, "/apis/mesh.weft.dev/v1alpha1/clusters/east");
    }

    private static String digest(TwoHosts hosts, int host) throws Exception {
        return read(hosts, host, "/apis/mesh.weft.dev/v1alpha1/clusters/east")
                .at("/status/digest")
                .asText();
    }

    private static void eventually(ThrowingRunnable check) {
        await().atMost(Duration.ofMinutes(1)).untilAsserted(check);
    }
}
