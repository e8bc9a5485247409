package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.deploy.child.Child;
import dev.weft.deploy.client.HttpCall;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.Kubectl;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One server and one proxy-node, whose grace is short enough to wait for; and what becomes of processes on that node. */
@DisplayName("Processes as Pods, on a node,")
class RunIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String DEFAULT = "/api/v1/namespaces/default";
    private static final String SERVER = """
            import http.server, os, sys
            class Name(http.server.BaseHTTPRequestHandler):
                protocol_version = "HTTP/1.1"
                def do_GET(self):
                    body = sys.argv[3].encode()
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *words):
                    pass
            server = http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), Name)
            print("ready service=" + os.environ["MY_SERVICE_SERVICE_HOST"], flush=True)
            server.serve_forever()
            """;

    @RegisterExtension
    final TestBed bed = new TestBed();

    @BeforeAll
    static void needsKubectl() throws Exception {
        Kubectl.assumeUsable();
    }

    @Test
    @DisplayName("live and die as kubectl shows it: ready, restarted, killed, drained; and so does the node")
    void livesAndDies() throws Exception {
        TestServer east = bed.server("east", "--no-proxy", "--config", patienceOfTheTest());
        east.start();
        Kubectl kubectl = Kubectl.of(bed, east);
        Child proxy = bed.command(
                "proxy",
                "proxy",
                "--api",
                east.apiUrl().toString(),
                "--node",
                "host-1",
                "--zone",
                "cellar",
                "--dns",
                "off");
        proxy.awaitReady(PATIENCE);
        awaitNode(kubectl, "Ready");
        assertThat(kubectl.run("east", "get", "nodes", "-L", "topology.kubernetes.io/zone"))
                .contains("cellar");
        HostPort address = service(east);

        Child one = run(east, "one");
        Child two = run(east, "two");
        assertThat(one.awaitReady(PATIENCE)).contains("service=" + address.host());
        awaitReady(east, "one", "two");
        assertThat(kubectl.run("east", "get", "pod", "one", "-o", "wide"))
                .containsPattern("one +1/1 +Running +0 .* host-1");
        awaitAnsweredBy(address, "one", "two");

        restarts(east, kubectl);
        outlivesTheControlPlane(east, address);
        leavesWhenKilled(east, two);
        drains(east, kubectl, one);
        nodeComesAndGoes(east, kubectl, proxy);
    }

    /** Grace and heartbeat of nodes, in seconds instead of minutes. */
    private String patienceOfTheTest() throws Exception {
        return Files.writeString(bed.directory().resolve("weft.conf"), "weft.registry.lifecycle.node-grace = 12 s\n")
                .toString();
    }

    private Child run(TestServer east, String name) throws Exception {
        Path script = Files.writeString(bed.directory().resolve("server.py"), SERVER);
        HostPort free = bed.free();
        return bed.command(
                name,
                "run",
                "--api",
                east.apiUrl().toString(),
                "--name",
                name,
                "--node",
                "host-1",
                "--label",
                "app=my-app",
                "--address",
                free.host(),
                "--port",
                "http=9376",
                "--ready",
                "http:/",
                "--ready-timeout",
                "5",
                "--drain",
                "1",
                "--restart-delay",
                "1",
                "--",
                "python3",
                script.toString(),
                free.host(),
                "9376",
                name);
    }

    private static HostPort service(TestServer east) {
        String ip = east.api()
                .accepted(
                        "POST",
                        east.api().create(DEFAULT + "/services", Manifests.service("my-service", "my-app", 8080, 9376)))
                .json()
                .at("/spec/clusterIP")
                .asText();
        return new HostPort(ip, 8080);
    }

    private static JsonNode pod(TestServer east, String name) {
        return east.api().get(DEFAULT + "/pods/" + name).json();
    }

    private static String condition(JsonNode object) {
        for (JsonNode each : object.path("status").path("conditions")) {
            if (each.path("type").asText().equals("Ready")) {
                return each.path("status").asText();
            }
        }
        return "none";
    }

    private static long pid(JsonNode pod) {
        String id = pod.at("/status/containerStatuses/0/containerID").asText();
        return Long.parseLong(id.substring("process://".length()));
    }

    /** The Pods behind the service that new calls go to; the Service kubernetes, whose slices are here too, has none. */
    private static Set<String> endpoints(TestServer east) {
        Set<String> ready = new TreeSet<>();
        for (JsonNode slice : east.api()
                .require("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")
                .path("items")) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                if (endpoint.at("/conditions/ready").asBoolean() && endpoint.has("targetRef")) {
                    ready.add(endpoint.at("/targetRef/name").asText());
                }
            }
        }
        return ready;
    }

    private static void awaitReady(TestServer east, String... names) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(endpoints(east)).containsExactlyInAnyOrder(names));
    }

    private static void awaitAnsweredBy(HostPort address, String... names) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            Set<String> answered = new TreeSet<>();
            for (int i = 0; i < 10; i++) {
                answered.add(HttpCall.get(address, "/", Duration.ofSeconds(5)));
            }
            assertThat(answered).containsExactlyInAnyOrder(names);
        });
    }

    private static void awaitNode(Kubectl kubectl, String status) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.run("east", "get", "node", "host-1"))
                        .containsPattern("host-1 +" + status + " "));
    }

    private static void restarts(TestServer east, Kubectl kubectl) throws Exception {
        long before = pid(pod(east, "one"));
        ProcessHandle.of(before).ifPresent(ProcessHandle::destroyForcibly);
        await().atMost(PATIENCE)
                .until(() -> pod(east, "one")
                                .at("/status/containerStatuses/0/restartCount")
                                .asInt()
                        == 1);
        awaitReady(east, "one", "two");
        assertThat(kubectl.run("east", "get", "pod", "one")).containsPattern("one +1/1 +Running +1 \\(");
        assertThat(pod(east, "one")
                        .at("/status/containerStatuses/0/lastState/terminated/exitCode")
                        .asInt())
                .isEqualTo(137);
        assertThat(pid(pod(east, "one"))).isNotEqualTo(before);
    }

    /** The same Pods, of the same processes, afterwards. */
    private static void outlivesTheControlPlane(TestServer east, HostPort address) {
        JsonNode before = pod(east, "one");
        east.kill();
        awaitAnsweredBy(address, "one", "two");
        east.start();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(renewed(east, "one"))
                        .as("signs of life after the restart")
                        .isGreaterThan(before.at("/metadata/creationTimestamp").asText()));
        assertThat(endpoints(east)).containsExactly("one", "two");
        assertThat(pod(east, "one").at("/metadata/uid")).isEqualTo(before.at("/metadata/uid"));
        assertThat(pid(pod(east, "one"))).isEqualTo(pid(before));
        awaitAnsweredBy(address, "one", "two");
    }

    private static String renewed(TestServer east, String name) {
        return east.api()
                .get("/apis/coordination.k8s.io/v1/namespaces/default/leases/" + name)
                .json()
                .at("/spec/renewTime")
                .asText();
    }

    private static void leavesWhenKilled(TestServer east, Child two) {
        long orphan = pid(pod(east, "two"));
        two.kill();
        awaitReady(east, "one");
        assertThat(pod(east, "two").at("/status/reason").asText()).isEqualTo("AgentLost");
        await("the command goes with the one that ran it")
                .atMost(PATIENCE)
                .until(() ->
                        ProcessHandle.of(orphan).filter(ProcessHandle::isAlive).isEmpty());
        east.api()
                .delete(
                        DEFAULT + "/pods/two",
                        JsonNodeFactory.instance.objectNode().put("gracePeriodSeconds", 0));
    }

    private static void drains(TestServer east, Kubectl kubectl, Child one) throws Exception {
        kubectl.run("east", "cordon", "host-1");
        awaitNode(kubectl, "Ready,SchedulingDisabled");
        Call refused = Call.weft(List.of("run", "--api", east.apiUrl().toString(), "--node", "host-1", "--", "true"));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("the node host-1 is cordoned");
        assertThat(kubectl.run("east", "drain", "host-1", "--force", "--ignore-daemonsets"))
                .contains("evicting pod default/one", "node/host-1 drained");
        assertThat(one.awaitEnd(PATIENCE)).isTrue();
        assertThat(pod(east, "one").at("/reason").asText()).isEqualTo("NotFound");
        kubectl.run("east", "uncordon", "host-1");
        Call passedOn = Call.weft(List.of(
                "run",
                "--api",
                east.apiUrl().toString(),
                "--node",
                "host-1",
                "--restart",
                "Never",
                "--",
                "sh",
                "-c",
                "echo $MY_SERVICE_SERVICE_PORT; exit 7"));
        assertThat(passedOn.code()).isEqualTo(7);
        assertThat(passedOn.out()).isEqualTo("8080\n");
    }

    /** Pods written by hand: one on the node, one on a node that nobody ever heard of. */
    private static void nodeComesAndGoes(TestServer east, Kubectl kubectl, Child proxy) {
        byHand(east, "here", "host-1");
        byHand(east, "nowhere", "no-such-node");
        awaitReady(east, "here", "nowhere");
        proxy.pause();
        awaitNode(kubectl, "NotReady");
        awaitReady(east, "nowhere");
        assertThat(condition(pod(east, "here"))).isEqualTo("False");
        proxy.resume();
        awaitNode(kubectl, "Ready");
        awaitReady(east, "here", "nowhere");
    }

    private static void byHand(TestServer east, String name, String node) {
        east.api().accepted("POST", east.api().create(DEFAULT + "/pods", Manifests.pod(name, "my-app", node, 9376)));
        east.api()
                .accepted(
                        "PATCH",
                        east.api()
                                .mergePatch(
                                        DEFAULT + "/pods/" + name + "/status",
                                        Manifests.podStatus("127.99.0." + name.length(), true)));
    }
}
