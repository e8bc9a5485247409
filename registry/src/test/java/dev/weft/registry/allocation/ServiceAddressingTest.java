package dev.weft.registry.allocation;

import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.accepted;
import static dev.weft.registry.resource.Samples.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ServiceAddressingTest {
    private static ObjectNode service(String spec) {
        return accepted(Samples.admit(
                RANGES, "{'apiVersion':'v1','kind':'Service','metadata':{'name':'web'},'spec':" + spec + "}"));
    }

    @Test
    @DisplayName("a load balancer with local traffic needs an address, node ports and a health-check port")
    void wantsAndFills() {
        ObjectNode service = service(
                "{'type':'LoadBalancer','externalTrafficPolicy':'Local','ports':[{'name':'a','port':1},{'name':'b','port':2,'protocol':'UDP'}]}");

        List<Claim> wanted = ServiceAddressing.wanted(service, null, List.of());
        List<Grant> grants = new ArrayList<>();
        List<String> values = List.of("127.96.1.1", "30100", "30101", "30102");
        for (int i = 0; i < wanted.size(); i++) {
            grants.add(new Grant(wanted.get(i), values.get(i)));
        }
        ServiceAddressing.fill(service, grants);

        assertThat(wanted)
                .extracting(claim -> claim.pool() + " " + claim.field())
                .containsExactly(
                        "service-ipv4 spec.clusterIPs[0]",
                        "node-port-tcp spec.ports[0].nodePort",
                        "node-port-udp spec.ports[1].nodePort",
                        "node-port-tcp spec.healthCheckNodePort");
        assertThat(service.at("/spec/clusterIP").asText()).isEqualTo("127.96.1.1");
        assertThat(service.at("/spec/clusterIPs")).isEqualTo(json("['127.96.1.1']"));
        assertThat(service.at("/spec/ports/1/nodePort").asInt()).isEqualTo(30101);
        assertThat(service.at("/spec/healthCheckNodePort").asInt()).isEqualTo(30102);
        assertThat(ServiceAddressing.wanted(service, null, grants)).isEmpty();
        assertThat(ServiceAddressing.wanted(service, service, List.of())).isEmpty();
        assertThat(ServiceAddressing.released(service, null)).hasSize(4);
    }

    @Test
    @DisplayName("a wish is claimed like any other, headless and ExternalName Services claim nothing")
    void wishesAndNone() {
        ObjectNode wish = service("{'clusterIP':'127.96.0.9','ports':[{'port':1}]}");

        assertThat(ServiceAddressing.wanted(wish, null, List.of()))
                .extracting(Claim::wish)
                .containsExactly("127.96.0.9");
        assertThat(ServiceAddressing.wanted(service("{'clusterIP':'None'}"), null, List.of()))
                .isEmpty();
        assertThat(ServiceAddressing.wanted(service("{'type':'ExternalName','externalName':'a.b'}"), null, List.of()))
                .isEmpty();
    }
}
