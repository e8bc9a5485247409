package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Backends without a selector, on machines where nothing of ours runs,")
class HealthChecksIT {
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestServer east = bed.server("east", "--no-proxy");

    @Test
    @DisplayName("are checked by one of the proxy-nodes, and by another when that one is killed")
    void checked() throws Exception {
        east.start();
        Backend backend = bed.backend("alive", 9376);
        String alive = backend.address().host();
        accept(
                "/api/v1/namespaces/default/services",
                "{'metadata':{'name':'legacy','annotations':{'mesh.weft.dev/health-check':'http:/healthz',"
                        + "'mesh.weft.dev/health-check-interval':'500ms'}},'spec':{'ports':[{'port':80,'targetPort':9376}]}}");
        accept(SLICES, slice("'" + alive + "'", "'127.138.250.1'"));
        var one = bed.command("one", proxy("one"));
        awaitReady(0, true);
        awaitReady(1, false);
        bed.command("two", proxy("two"));

        one.kill();
        JsonNode changed = json(slice("'127.138.250.2'", "'" + alive + "'"));
        east.api().accepted("PUT", east.api().replace(SLICES + "/legacy-1", changed));
        awaitReady(0, false);
        awaitReady(1, true);
        JsonNode lease = east.api()
                .require("/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/weft-health-checks")
                .path("spec");
        assertThat(lease.path("holderIdentity").asText()).startsWith("two_");
        assertThat(lease.path("leaseTransitions").asInt()).isEqualTo(1);
    }

    private String[] proxy(String node) {
        return new String[] {"proxy", "--api", east.apiUrl().toString(), "--node", node, "--dns", "off"};
    }

    private static String slice(String... addresses) {
        StringBuilder endpoints = new StringBuilder();
        for (String address : addresses) {
            endpoints
                    .append(endpoints.isEmpty() ? "" : ",")
                    .append("{'addresses':[")
                    .append(address)
                    .append("]}");
        }
        return "{'metadata':{'name':'legacy-1','labels':{'kubernetes.io/service-name':'legacy'}},'addressType':'IPv4',"
                + "'ports':[{'name':'','port':9376,'protocol':'TCP'}],'endpoints':[" + endpoints + "]}";
    }

    private void accept(String path, String object) throws Exception {
        east.api().accepted("POST", east.api().create(path, json(object)));
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private void awaitReady(int index, boolean ready) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(east.api()
                                .require(SLICES + "/legacy-1")
                                .at("/endpoints/" + index + "/conditions/ready")
                                .asBoolean(true)) // absent means ready
                        .isEqualTo(ready));
    }
}
