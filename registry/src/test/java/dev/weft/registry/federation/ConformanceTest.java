package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.federation.ModelClusters.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * The behaviours that the public conformance suite of the Multi-Cluster Services API asks for (kubernetes-sigs/mcs-api,
 * folder conformance), in its order and by its subjects; after each the section of KEP-1645 that it refers to and the
 * project's rule. Its DNS and connectivity parts need a data path and are tested with the proxy-node.
 */
@DisplayName("Conformance of multi-cluster services:")
class ConformanceTest {
    private static final String PORT = "{'name':'tcp','port':42,'protocol':'TCP'}";
    private static final String OTHER_PORT = "{'name':'stcp','port':142,'protocol':'SCTP'}";
    private static final String CLUSTER_IP = "'type':'ClusterIP','clusterIP':'10.0.0.1','ipFamilies':['IPv4'],"
            + "'sessionAffinity':'ClientIP','sessionAffinityConfig':{'clientIP':{'timeoutSeconds':10}},"
            + "'internalTrafficPolicy':'Local','trafficDistribution':'PreferClose','ports':[" + PORT + "]";
    private static final String HEADLESS =
            "'type':'ClusterIP','clusterIP':'None','ipFamilies':['IPv4'],'ports':[" + PORT + "]";

    private final ModelClusters clusters = new ModelClusters("c1", "c2", "c3");
    private final Model first = clusters.first();
    private final Model second = clusters.second();

    @Test
    @DisplayName(
            "a ServiceImport exists as long as at least one cluster exports (required, #importing-services, MCS-3)")
    void lifetime() {
        first.service(CLUSTER_IP).export(1, "");
        second.service(CLUSTER_IP).export(2, "");
        first.unexport();
        clusters.all().forEach(cluster -> assertThat(cluster.serviceImport()).isNotNull());
        second.unexport();
        clusters.all().forEach(cluster -> assertThat(cluster.written()).isEmpty());
    }

    @Test
    @DisplayName(
            "only labels and annotations that are named as exported arrive (optional, #labels-and-annotations, MCS-11)")
    void exportedLabels() {
        first.service(CLUSTER_IP).export(1, "'exportedLabels':{'l':'1'},'exportedAnnotations':{'a':'2'}");
        for (Model cluster : clusters.all()) {
            assertThat(text(cluster, "/metadata/labels")).isEqualTo("{\"l\":\"1\"}");
            assertThat(text(cluster, "/metadata/annotations")).isEqualTo("{\"a\":\"2\"}");
        }
    }

    @Test
    @DisplayName(
            "conflicting labels and annotations: the oldest's, and Conflict on each export (optional, MCS-7, MCS-8)")
    void conflictingLabels() {
        second.service(CLUSTER_IP).export(2, "'exportedLabels':{'l2':'1'},'exportedAnnotations':{'a2':'2'}");
        first.service(CLUSTER_IP).export(1, "'exportedLabels':{'l':'1'},'exportedAnnotations':{'a':'2'}");
        assertConflict("AnnotationsConflict,LabelsConflict");
        for (Model cluster : clusters.all()) {
            assertThat(text(cluster, "/metadata/labels")).isEqualTo("{\"l\":\"1\"}");
            assertThat(text(cluster, "/metadata/annotations")).isEqualTo("{\"a\":\"2\"}");
        }
    }

    @Test
    @DisplayName(
            "a ClusterIP Service becomes type ClusterSetIP everywhere, and goes (required, #importing-services, MCS-4)")
    void clusterSetIp() {
        first.service(CLUSTER_IP).export(1, "");
        clusters.all()
                .forEach(cluster -> assertThat(text(cluster, "/spec/type")).isEqualTo("\"ClusterSetIP\""));
        assertThat(first.condition("Valid").status()).isEqualTo("True");
        assertThat(first.condition("Ready").status()).as("MCS-14").isEqualTo("True");
        first.unexport();
        clusters.all().forEach(cluster -> assertThat(cluster.serviceImport()).isNull());
    }

    @Test
    @DisplayName("session affinity and its config are the Service's (required, #session-affinity, MCS-5)")
    void sessionAffinity() {
        first.service(CLUSTER_IP).export(1, "");
        assertThat(text(second, "/spec/sessionAffinity")).isEqualTo("\"ClientIP\"");
        assertThat(text(second, "/spec/sessionAffinityConfig")).isEqualTo("{\"clientIP\":{\"timeoutSeconds\":10}}");
    }

    @Test
    @DisplayName("internal traffic policy and traffic distribution are the Service's (required, MCS-5)")
    void policies() {
        first.service(CLUSTER_IP).export(1, "");
        assertThat(text(second, "/spec/internalTrafficPolicy")).isEqualTo("\"Local\"");
        assertThat(text(second, "/spec/trafficDistribution")).isEqualTo("\"PreferClose\"");
    }

    @Test
    @DisplayName("an address is allocated, one a family, and stays (required, #clustersetip, MCS-12, MCS-13)")
    void address() {
        first.service(CLUSTER_IP).export(1, "");
        String before = text(second, "/spec/ips");
        assertThat(before).matches("\\[\"127\\.\\d+\\.0\\.1\"]");
        second.service(CLUSTER_IP).export(0, "");
        first.unexport();
        assertThat(text(second, "/spec/ips")).isEqualTo(before);
        assertThat(text(second, "/spec/ipFamilies")).isEqualTo("[\"IPv4\"]");
        assertThat(text(second, "/status/endpointSliceObjects")).as("MCS-16").isEqualTo("\"Present\"");
    }

    @Test
    @DisplayName("the ports are the Service's (required, #service-port, MCS-10)")
    void ports() {
        first.service(CLUSTER_IP).export(1, "");
        assertThat(ports(second)).containsExactly("tcp/42/TCP");
    }

    @Test
    @DisplayName(
            "of two clusters the union of ports is exposed, with Conflict on each (required, #service-port, MCS-10)")
    void portUnion() {
        first.service(CLUSTER_IP).export(1, "");
        second.service(CLUSTER_IP.replace(PORT, PORT + "," + OTHER_PORT)).export(2, "");
        assertThat(ports(first)).containsExactly("tcp/42/TCP", "stcp/142/SCTP");
        assertConflict("PortConflict");
    }

    @Test
    @DisplayName("conflicting ports: the oldest's, and Conflict on each (required, #service-port, MCS-7, MCS-10)")
    void portConflict() {
        first.service(CLUSTER_IP).export(1, "");
        second.service(CLUSTER_IP.replace("'port':42", "'port':43")).export(2, "");
        assertConflict("PortConflict");
        clusters.all().forEach(cluster -> assertThat(ports(cluster)).containsExactly("tcp/42/TCP"));
    }

    @Test
    @DisplayName("traffic to a conflicting port goes to clusters that expose it only (optional, strict ports, MCS-10)")
    void strictPorts() {
        first.service(CLUSTER_IP).endpoints("10.1.0.1", PORT).export(1, "");
        second.service(CLUSTER_IP.replace("'port':42", "'port':43"))
                .endpoints("10.2.0.1", PORT)
                .export(2, "");
        assertThat(first.slices())
                .hasSize(1)
                .first()
                .asString()
                .contains("10.1.0.1")
                .doesNotContain("10.2.0.1");
    }

    @Test
    @DisplayName("a headless Service becomes type Headless everywhere, and goes (required, #service-types, MCS-4)")
    void headless() {
        first.service(HEADLESS).export(1, "");
        clusters.all()
                .forEach(cluster -> assertThat(text(cluster, "/spec/type")).isEqualTo("\"Headless\""));
        first.unexport();
        clusters.all().forEach(cluster -> assertThat(cluster.serviceImport()).isNull());
    }

    @Test
    @DisplayName("no address is allocated for a headless one (required, #clustersetip, MCS-4)")
    void noAddress() {
        first.service(HEADLESS).export(1, "");
        assertThat(Objects.requireNonNull(second.serviceImport())
                        .at("/spec/ips")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    @DisplayName("an ExternalName Service is not valid and not imported (required, #service-types, MCS-2)")
    void externalName() {
        first.service("'type':'ExternalName','externalName':'example.com'").export(1, "");
        assertThat(first.condition("Valid").status()).isEqualTo("False");
        assertThat(first.condition("Valid").reason()).isEqualTo("InvalidServiceType");
        clusters.all().forEach(cluster -> assertThat(cluster.serviceImport()).isNull());
    }

    @Test
    @DisplayName(
            "conflicting headlessness: the older decides for all, Conflict on each (required, #headlessness, MCS-7)")
    void typeConflict() {
        second.service(HEADLESS).export(2, "");
        first.service(CLUSTER_IP).export(1, "");
        assertThat(first.condition("Conflict").reason()).contains("TypeConflict");
        assertThat(second.condition("Conflict").status()).isEqualTo("True");
        assertThat(second.condition("Conflict").message()).contains("Cluster c2 has type", "cluster c1");
        clusters.all()
                .forEach(cluster -> assertThat(text(cluster, "/spec/type")).isEqualTo("\"ClusterSetIP\""));
    }

    @Test
    @DisplayName("slices carry the required labels everywhere, and go (optional, #using-endpointslice-objects, MCS-15)")
    void slices() {
        first.service(CLUSTER_IP).endpoints("10.1.0.1", PORT).export(1, "");
        for (Model cluster : clusters.all()) {
            JsonNode labels = cluster.slices().get(0).at("/metadata/labels");
            assertThat(labels.path("multicluster.kubernetes.io/service-name").asText())
                    .isEqualTo("hello");
            assertThat(labels.path("multicluster.kubernetes.io/source-cluster").asText())
                    .isEqualTo("c1");
            assertThat(labels.path("endpointslice.kubernetes.io/managed-by").asText())
                    .isNotEmpty()
                    .isNotEqualTo("endpointslice-controller.k8s.io");
        }
        first.unexport();
        clusters.all().forEach(cluster -> assertThat(cluster.slices()).isEmpty());
    }

    @Test
    @DisplayName("a Service that is not exported is not reached from elsewhere (required, connectivity, MCS-1)")
    void notExported() {
        first.service(CLUSTER_IP).endpoints("10.1.0.1", PORT);
        second.service(CLUSTER_IP).endpoints("10.2.0.1", PORT).export(1, "");
        for (Model cluster : clusters.all()) {
            assertThat(cluster.written().values()).asString().doesNotContain("10.1.0.1");
            assertThat(text(cluster, "/status/clusters")).isEqualTo("[{\"cluster\":\"c2\"}]");
        }
    }

    @Test
    @DisplayName("exports of different address families are in conflict (MCS-12)")
    void families() {
        first.service(CLUSTER_IP).export(1, "");
        second.service(CLUSTER_IP.replace("['IPv4']", "['IPv6']")).export(2, "");
        assertConflict("IPFamilyConflict");
    }

    @Test
    @DisplayName("a conflict that comes and goes does not disturb what runs (MCS-9)")
    void conflictComesAndGoes() {
        first.service(CLUSTER_IP).endpoints("10.1.0.1", PORT).export(1, "");
        String spec = text(clusters.all().get(2), "/spec");
        List<JsonNode> slices = clusters.all().get(2).slices();
        second.service(CLUSTER_IP.replace("'port':42", "'port':43")).export(2, "");
        assertThat(text(clusters.all().get(2), "/spec")).isEqualTo(spec);
        assertThat(clusters.all().get(2).slices()).isEqualTo(slices);
        second.unexport();
        assertThat(text(clusters.all().get(2), "/spec")).isEqualTo(spec);
        assertThat(first.condition("Conflict").status()).isEqualTo("False");
        assertThat(first.condition("Conflict").reason()).isEqualTo("NoConflicts");
    }

    @Test
    @DisplayName("equally old exports are decided by the name of the cluster, everywhere alike (MCS-6)")
    void tie() {
        second.service(HEADLESS).export(1, "");
        first.service(CLUSTER_IP).export(1, "");
        clusters.all()
                .forEach(cluster -> assertThat(text(cluster, "/spec/type")).isEqualTo("\"ClusterSetIP\""));
    }

    @Test
    @DisplayName("nothing but imports and slices of imports is written: cluster.local stays as it was (MCS-18)")
    void clusterLocal() {
        first.service(CLUSTER_IP).endpoints("10.1.0.1", PORT).export(1, "");
        for (Model cluster : clusters.all()) {
            assertThat(cluster.written().values())
                    .allSatisfy(
                            object -> assertThat(object.path("kind").asText()).isIn("ServiceImport", "EndpointSlice"))
                    .allSatisfy(
                            object -> assertThat(object.at("/metadata/labels").has("kubernetes.io/service-name"))
                                    .isFalse());
        }
    }

    private void assertConflict(String reason) {
        for (Model cluster : List.of(first, second)) {
            assertThat(cluster.condition("Conflict").status()).as(cluster.name).isEqualTo("True");
            assertThat(cluster.condition("Conflict").reason()).as(cluster.name).isEqualTo(reason);
        }
    }

    private static String text(Model cluster, String pointer) {
        return Objects.requireNonNull(cluster.serviceImport(), cluster.name)
                .at(pointer)
                .toString();
    }

    private static List<String> ports(Model cluster) {
        List<String> ports = new ArrayList<>();
        Objects.requireNonNull(cluster.serviceImport())
                .at("/spec/ports")
                .forEach(port -> ports.add(
                        port.path("name").asText() + "/" + port.path("port").asInt() + "/"
                                + port.path("protocol").asText()));
        return ports;
    }
}
