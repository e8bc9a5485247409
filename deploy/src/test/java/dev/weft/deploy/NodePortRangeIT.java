package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A cluster's node ports")
class NodePortRangeIT {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String NODE_PORT = "/spec/ports/0/nodePort";

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("come from the range that is configured or asked for, and stay what they are when it changes")
    void ranges() {
        String config = bed.config("weft.server.node-port-range = \"40000-40003\"\n");
        TestServer server = bed.server("east", "--no-proxy", "--config", config).start();
        int given = create(server, "given", 0).json().at(NODE_PORT).asInt();
        assertThat(given).isBetween(40_000, 40_003);
        assertThat(create(server, "outside", 30_080).message())
                .contains("spec.ports[0].nodePort: Invalid value: 30080: provided port is not in the valid range. The"
                        + " range of valid ports is 40000-40003");
        for (int i = 0; i < 3; i++) {
            assertThat(create(server, "more-" + i, 0).ok()).isTrue();
        }
        assertThat(create(server, "none-left", 0).message()).contains("range is full");
        assertThat(server.stop()).isZero();

        server.arguments(List.of("--no-proxy", "--config", config, "--node-port-range", "41000-41000"));
        server.start();
        JsonNode kept = server.api().require(SERVICES + "/given");
        assertThat(kept.at(NODE_PORT).asInt()).isEqualTo(given);
        ObjectNode label = (ObjectNode) kept.deepCopy();
        label.withObjectProperty("metadata").putObject("labels").put("changed", "yes");
        assertThat(server.api()
                        .mergePatch(SERVICES + "/given", label)
                        .json()
                        .at(NODE_PORT)
                        .asInt())
                .isEqualTo(given);
        assertThat(create(server, "next", 0).json().at(NODE_PORT).asInt()).isEqualTo(41_000);
    }

    /** @param port 0 for any */
    private static ApiClient.Reply create(TestServer server, String name, int port) {
        ObjectNode service = Manifests.service(name, "any", 8080, 9376);
        ObjectNode spec = service.withObjectProperty("spec").put("type", "NodePort");
        if (port > 0) {
            ((ObjectNode) spec.at("/ports/0")).put("nodePort", port);
        }
        return server.api().create(SERVICES, service);
    }
}
