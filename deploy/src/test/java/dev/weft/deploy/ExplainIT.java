package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.client.NameQuery;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("weft explain, asked of a running federation,")
class ExplainIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DEFAULT = "/api/v1/namespaces/default";

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestServer east = bed.server("east", "--no-proxy");
    private final TestServer west =
            bed.server("west", "--no-proxy", "--join", east.gossip().toString());

    private Call explain(String... arguments) {
        List<String> all = new ArrayList<>(List.of("explain"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--api", east.apiUrl().toString()));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = WeftCommand.run(new PrintWriter(out), new PrintWriter(err), all.toArray(String[]::new));
        return new Call(code, out.toString(), err.toString());
    }

    private JsonNode explained(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-o", "json"));
        Call call = explain(all.toArray(String[]::new));
        assertThat(call.code()).as(call.err()).isZero();
        return JSON.readTree(call.out());
    }

    private static void pod(TestServer server, String name, String address, boolean ready) {
        server.api().create(DEFAULT + "/pods", Manifests.pod(name, "web", name, 8080));
        setReady(server, name, address, ready);
    }

    private static void setReady(TestServer server, String name, String address, boolean ready) {
        assertThat(server.api()
                        .mergePatch(DEFAULT + "/pods/" + name + "/status", Manifests.podStatus(address, ready))
                        .ok())
                .isTrue();
    }

    private static void export(TestServer server) {
        ObjectNode service = Manifests.service("web", "web", 80, 8080);
        assertThat(server.api().create(DEFAULT + "/services", service).ok()).isTrue();
        server.api()
                .create(
                        "/apis/multicluster.x-k8s.io/v1beta1/namespaces/default/serviceexports",
                        Manifests.serviceExport("web"));
    }

    /** {@code ADDRESS CLUSTER REASON} of the imported service's endpoints. */
    private Set<String> imported(String... arguments) throws Exception {
        Set<String> told = new TreeSet<>();
        for (JsonNode service : explained(arguments).path("services")) {
            if (service.path("kind").asText().equals("ServiceImport")) {
                service.at("/routes/0/endpoints")
                        .forEach(each -> told.add(each.path("address").asText().replaceFirst(":.*", "") + " "
                                + each.path("cluster").asText() + " "
                                + each.path("reason").asText()));
            }
        }
        return told;
    }

    @Test
    @DisplayName("tells what a proxy-node answers and chooses, follows changes and the loss of a cluster")
    void explainsAFederation() throws Exception {
        east.begin();
        west.begin();
        east.awaitReady();
        west.awaitReady();
        export(east);
        export(west);
        pod(east, "e1", "10.81.0.1", true);
        pod(east, "e2", "10.81.0.2", false);
        pod(west, "w1", "10.82.0.1", true);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(imported("web"))
                        .containsExactly("10.81.0.1 east READY", "10.81.0.2 east NOT_READY", "10.82.0.1 west READY"));

        HostPort dns = bed.free();
        bed.command("proxy", "proxy", "--api", east.apiUrl().toString(), "--node", "host-1", "--dns", dns.toString())
                .awaitReady(PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(answersDiffering(dns, explained("web", "--from", "host-1")))
                        .isEmpty());

        Call text = explain("web", "--from", "host-1");
        assertThat(text.code()).isZero();
        assertThat(text.out())
                .startsWith("seen from node host-1")
                .contains("Service default/web", "ServiceImport default/web")
                .containsPattern("decides      east: It is (the|one of the) oldest") // they may be of one second
                .containsPattern("10\\.82\\.0\\.1:8080 +west +w1 +- +Fresh +ready,serving +IN +50\\.0% +ready")
                .containsPattern("10\\.81\\.0\\.2:8080 +east +e2 .* OUT +- +not ready")
                .contains("only a running proxy-node knows");
        refusals();
        cordoned();

        west.kill();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(explain("web.default.svc.clusterset.local", "--from", "host-1")
                                .out())
                        .containsPattern("10\\.82\\.0\\.1:8080 +west +w1 +- +(Suspect|Stale)"));
    }

    private void cordoned() throws Exception {
        StringWriter ignored = new StringWriter();
        String[] cordon = {"cordon", "west", "--api", east.apiUrl().toString()};
        assertThat(WeftCommand.run(new PrintWriter(ignored), new PrintWriter(ignored), cordon))
                .isZero();
        assertThat(imported("web", "--from", "host-1"))
                .containsExactly("10.81.0.1 east READY", "10.81.0.2 east NOT_READY", "10.82.0.1 west CORDONED");
        assertThat(explain("web", "--from", "host-1").out()).contains("cordoned-clusters=west");
    }

    private void refusals() {
        Call several = explain("web");
        assertThat(several.code()).isEqualTo(2);
        assertThat(several.err()).contains("several Nodes are at the addresses of this machine: ", "say with --from");
        Call near = explain("wed", "--from", "host-1");
        assertThat(near.code()).isEqualTo(1);
        assertThat(near.err()).contains("there is no Service and no ServiceImport default/wed", "you mean default/web");
        assertThat(explain("other/nothing", "--from", "host-1").err())
                .contains("namespace other has none; others have: default/kubernetes, default/web");
        Call node = explain("web", "--from", "nowhere");
        assertThat(node.code()).isEqualTo(1);
        assertThat(node.err()).contains("there is no Node nowhere; there are: ");
        Call port = explain("web:nope", "--from", "host-1");
        assertThat(port.code()).isEqualTo(1);
        assertThat(port.err()).contains("service default/web has no port nope; it has: ", "80/TCP");
        assertThat(explain("web:80", "--from", "host-1", "-o", "yaml").out())
                .startsWith("seenFrom:")
                .contains("outcome: \"balanced\"");
    }

    /** The names to which the DNS server answers something else than was told. */
    private static List<String> answersDiffering(HostPort dns, JsonNode explained) {
        List<String> differing = new ArrayList<>();
        int asked = 0;
        for (JsonNode service : explained.path("services")) {
            for (JsonNode name : service.path("names")) {
                Set<String> told = new TreeSet<>();
                name.path("records")
                        .forEach(record -> told.add(record.path("name").asText() + " "
                                + record.path("ttlSeconds").asText() + " IN "
                                + record.path("type").asText() + " "
                                + record.path("data").asText()));
                String question = name.path("name").asText();
                Set<String> answered = new TreeSet<>();
                NameQuery.of(question, name.path("type").asText())
                        .send(dns, true, Duration.ofSeconds(30))
                        .lines()
                        .stream()
                        .filter(line -> !line.startsWith(";"))
                        .forEach(answered::add);
                asked++;
                if (!told.equals(answered)) {
                    differing.add(question + ": told " + told + ", answered " + answered);
                }
            }
        }
        assertThat(asked).as("names that were told").isGreaterThan(6);
        return differing;
    }
}
