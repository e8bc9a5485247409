package dev.weft.registry.resource;

import static dev.weft.registry.resource.Samples.DUAL;
import static dev.weft.registry.resource.Samples.RANGES;
import static dev.weft.registry.resource.Samples.SERVICE;
import static dev.weft.registry.resource.Samples.accepted;
import static dev.weft.registry.resource.Samples.admit;
import static dev.weft.registry.resource.Samples.json;
import static dev.weft.registry.resource.Samples.refused;
import static dev.weft.registry.resource.Samples.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceRulesTest {

    private static String service(String spec) {
        return "{'apiVersion':'v1','kind':'Service','metadata':{'name':'web'},'spec':" + spec + "}";
    }

    @Test
    @DisplayName("SVC-1, SVC-2, SVC-3, SVC-5: a plain Service gets Kubernetes' defaults")
    void defaults() {
        JsonNode spec = accepted(admit(RANGES, SERVICE)).path("spec");

        assertThat(spec)
                .isEqualTo(
                        json(
                                "{'selector':{'app':'web'},'ports':[{'port':80,'protocol':'TCP','targetPort':80}],'sessionAffinity':'None',"
                                        + "'type':'ClusterIP','internalTrafficPolicy':'Cluster','ipFamilyPolicy':'SingleStack','ipFamilies':['IPv4']}"));
    }

    @ParameterizedTest(name = "{0}: {1} -> {2} = {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SVC-1 | {'sessionAffinity':'ClientIP','ports':[{'port':1}]} | /sessionAffinityConfig/clientIP/timeoutSeconds | 10800",
                "SVC-1 | {'sessionAffinity':'None','sessionAffinityConfig':{'clientIP':{'timeoutSeconds':5}},'ports':[{'port':1}]} | /sessionAffinityConfig | null",
                "SVC-2 | {'ports':[{'port':1,'targetPort':''}]} | /ports/0/targetPort | 1",
                "SVC-2 | {'ports':[{'port':1,'targetPort':0}]} | /ports/0/targetPort | 1",
                "SVC-3 | {'type':'NodePort','ports':[{'port':1}]} | /externalTrafficPolicy | 'Cluster'",
                "SVC-3 | {'externalIPs':['10.1.1.1'],'ports':[{'port':1}]} | /externalTrafficPolicy | 'Cluster'",
                "SVC-4 | {'type':'LoadBalancer','ports':[{'port':1}]} | /allocateLoadBalancerNodePorts | true",
                "SVC-5 | {'clusterIP':'None'} | /ipFamilies | ['IPv4','IPv6']",
                "SVC-5 | {'clusterIP':'None'} | /ipFamilyPolicy | 'RequireDualStack'",
                "SVC-5 | {'clusterIP':'None','selector':{'a':'b'}} | /ipFamilies | ['IPv4']",
                "SVC-14 | {'clusterIP':'127.96.0.9','ports':[{'port':1}]} | /clusterIPs | ['127.96.0.9']"
            })
    void defaultOf(String rule, String spec, String pointer, String value) {
        JsonNode found = accepted(admit(RANGES, service(spec))).path("spec").at(pointer);

        assertThat(found.isMissingNode() ? json("null") : found).as(rule).isEqualTo(json(value));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SVC-11 | {} | spec.ports: Required value",
                "SVC-11 | {'ports':[{'port':0}]} | spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
                "SVC-11 | {'ports':[{'port':1},{'name':'b','port':2}]} | spec.ports[0].name: Required value",
                "SVC-11 | {'ports':[{'name':'b','port':1},{'name':'b','port':2}]} | spec.ports[1].name: Duplicate value: $b$",
                "SVC-11 | {'ports':[{'port':1,'protocol':'HTTP'}]} | spec.ports[0].protocol: Unsupported value: $HTTP$: supported values: $SCTP$, $TCP$, $UDP$",
                "SVC-11 | {'ports':[{'name':'a','port':1},{'name':'b','port':1}]} | spec.ports[1]: Duplicate value",
                "SVC-12 | {'ports':[{'port':1,'nodePort':30001}]} | spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
                "SVC-12 | {'type':'NodePort','clusterIP':'None','ports':[{'port':1}]} | may not be set to 'None' for NodePort services",
                "SVC-13 | {'type':'ExternalName'} | spec.externalName: Required value",
                "SVC-13 | {'type':'ExternalName','externalName':'a.b','clusterIP':'1.2.3.4','clusterIPs':['1.2.3.4']} | spec.clusterIPs: Forbidden: may not be set for ExternalName services",
                "SVC-14 | {'clusterIP':'1.2.3.4','clusterIPs':['1.2.3.5'],'ports':[{'port':1}]} | spec.clusterIPs[0]: Invalid value: []string{$1.2.3.5$}: first value must match `clusterIP`",
                "SVC-14 | {'ipFamilies':['IPv6'],'ports':[{'port':1}]} | spec.ipFamilies[0]: Invalid value: $IPv6$: not configured on this cluster",
                "SVC-14 | {'ipFamilyPolicy':'RequireDualStack','ports':[{'port':1}]} | this cluster is not configured for dual-stack services",
                "SVC-16 | {'sessionAffinity':'ClientIP','sessionAffinityConfig':{'clientIP':{'timeoutSeconds':86401}},'ports':[{'port':1}]} | must be greater than 0 and less than 86400",
                "SVC-17 | {'externalTrafficPolicy':'Local','ports':[{'port':1}]} | may only be set for externally-accessible services",
                "SVC-17 | {'type':'NodePort','healthCheckNodePort':30001,'ports':[{'port':1}]} | spec.healthCheckNodePort: Invalid value: 30001",
                "SVC-17 | {'type':'LoadBalancer','externalTrafficPolicy':'Local','healthCheckNodePort':30001,'ports':[{'port':1,'nodePort':30001}]} | spec.healthCheckNodePort: Invalid value: 30001: provided port is already allocated",
                "SVC-18 | {'loadBalancerSourceRanges':['10.0.0.0/8'],'ports':[{'port':1}]} | may only be used when `type` is 'LoadBalancer'",
                "SVC-19 | {'trafficDistribution':'Near','ports':[{'port':1}]} | spec.trafficDistribution: Unsupported value: $Near$",
                "SVC-20 | {'externalIPs':['127.0.0.1'],'ports':[{'port':1}]} | may not be in the loopback range"
            })
    void invalid(String rule, String spec, String message) {
        Refusal refusal = refused(admit(RANGES, service(spec)));

        assertThat(refusal.reason()).as(rule).isEqualTo(Refusal.Reason.Invalid);
        assertThat(refusal.message()).as(rule).contains(message.replace('$', '"'));
    }

    @Test
    @DisplayName("SVC-5: on a cluster with both families PreferDualStack gets both, the default one first")
    void dualStack() {
        JsonNode spec = accepted(admit(DUAL, service("{'ipFamilyPolicy':'PreferDualStack','ports':[{'port':1}]}")))
                .path("spec");

        assertThat(spec.path("ipFamilies")).isEqualTo(json("['IPv4','IPv6']"));
    }

    @Test
    @DisplayName("tells which ports of SCTP nobody will relay, and nothing of headless ones")
    void warnsOfSctp() {
        String ports = "'ports':[{'name':'a','port':1},{'name':'b','port':2,'protocol':'SCTP'}]";
        ServiceRules rules = new ServiceRules(RANGES);

        assertThat(rules.warnings(json("{'spec':{" + ports + "}}")))
                .containsExactly("spec.ports[1].protocol: Weft's proxy-nodes do not relay SCTP: the port has an address"
                        + " and names, but nobody listens there");
        assertThat(rules.warnings(json("{'spec':{'clusterIP':'None'," + ports + "}}")))
                .isEmpty();
    }

    @Test
    @DisplayName("SVC-15: an update that omits the cluster IP keeps it, one that changes it is refused")
    void clusterIpStays() {
        ObjectNode present = accepted(admit(RANGES, service("{'clusterIP':'127.96.0.9','ports':[{'port':1}]}")));

        JsonNode kept = accepted(update(RANGES, present, Samples.object(SERVICE), ""));
        ObjectNode moved = Samples.object(service("{'clusterIP':'127.96.0.10','ports':[{'port':1}]}"));

        assertThat(kept.at("/spec/clusterIPs")).isEqualTo(json("['127.96.0.9']"));
        assertThat(refused(update(RANGES, present, moved, "")).message())
                .contains("spec.clusterIPs[0]: Invalid value: []string{\"127.96.0.10\"}: may not change once set");
    }

    @Test
    @DisplayName("a NodePort Service that becomes a ClusterIP one loses its node ports, and otherwise keeps them")
    void nodePortsFollowTheType() {
        ObjectNode present = accepted(admit(
                RANGES,
                service("{'type':'NodePort','clusterIP':'127.96.0.9','ports':[{'port':80,'nodePort':30080}]}")));
        ObjectNode plain = present.deepCopy();
        plain.withObject("/spec").put("type", "ClusterIP");
        ObjectNode omitted = Samples.object(service("{'type':'NodePort','ports':[{'port':80}]}"));

        JsonNode asClusterIp = accepted(update(RANGES, present, plain, ""));
        JsonNode asNodePort = accepted(update(RANGES, present, omitted, ""));

        assertThat(asClusterIp.at("/spec/ports/0").has("nodePort")).isFalse();
        assertThat(asClusterIp.at("/spec").has("externalTrafficPolicy")).isFalse();
        assertThat(asNodePort.at("/spec/ports/0/nodePort").asInt()).isEqualTo(30080);
    }

    @Test
    @DisplayName("a port keeps its node port by its name, whatever else of it is edited")
    void nodePortsFollowTheName() {
        String ports = "{'type':'NodePort','clusterIP':'127.96.0.9','ports':["
                + "{'name':'a','port':80,'nodePort':30080},{'name':'b','port':81,'nodePort':30081}]}";
        ObjectNode present = accepted(admit(RANGES, service(ports)));
        ObjectNode edited = Samples.object(
                service(
                        "{'type':'NodePort','ports':["
                                + "{'name':'b','port':80,'targetPort':8080},{'name':'a','port':9,'protocol':'UDP'},{'name':'c','port':81}]}"));

        JsonNode next = accepted(update(RANGES, present, edited, "")).at("/spec/ports");

        assertThat(next.at("/0/nodePort").asInt()).isEqualTo(30081);
        assertThat(next.at("/1/nodePort").asInt()).isEqualTo(30080);
        assertThat(next.at("/2").has("nodePort")).as("one of another name").isFalse();
    }

    @Test
    @DisplayName("SVC-15: a Service that becomes an ExternalName gives up its addresses")
    void toExternalName() {
        ObjectNode present = accepted(admit(RANGES, service("{'clusterIP':'127.96.0.9','ports':[{'port':1}]}")));
        ObjectNode next = present.deepCopy();
        next.withObject("/spec").put("type", "ExternalName").put("externalName", "db.example.com");

        JsonNode spec = accepted(update(RANGES, present, next, "")).path("spec");

        assertThat(spec.has("clusterIP")).isFalse();
        assertThat(spec.has("clusterIPs")).isFalse();
        assertThat(spec.has("ipFamilies")).isFalse();
    }
}
