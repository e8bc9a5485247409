package dev.weft.deploy.conformance;

import static dev.weft.deploy.conformance.SuiteCluster.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.testbed.TestBed;
import java.util.ArrayList;
import java.util.List;

/** What the objects say: ServiceImports and the conditions of ServiceExports. */
final class ImportCases extends SuiteCases {
    ImportCases(TestBed bed, SuiteCluster first, SuiteCluster second) {
        super(bed, first, second, "imports");
    }

    @Override
    void collect() {
        generalImports();
        clusterIpImports();
        ports();
        otherTypes();
    }

    private void generalImports() {
        expect(
                "Required",
                "importing-services",
                "MCS-3",
                "A ServiceImport should only exist as long as there's at least one exporting cluster",
                ns -> {
                    exportBoth(ns, CLUSTER_IP, CLUSTER_IP);
                    first.awaitImport(ns, found -> found.at("/status/clusters").size() == 2);
                    first.unexport(ns);
                    for (SuiteCluster cluster : clusters) {
                        cluster.awaitImport(
                                ns,
                                found -> found.at("/status/clusters").toString().equals("[{\"cluster\":\"west\"}]"));
                    }
                    second.unexport(ns);
                    clusters.forEach(cluster -> cluster.awaitNoImport(ns));
                });
        expect(
                "Optional, ExportedLabels",
                "labels-and-annotations",
                "MCS-11",
                "Only labels and annotations specified as exported in the ServiceExport should be propagated to the"
                        + " ServiceImport",
                ns -> {
                    first.service(ns, CLUSTER_IP).export(ns, exported("dummy"));
                    for (SuiteCluster cluster : clusters) {
                        JsonNode found = cluster.awaitImport(ns, any -> true);
                        assertThat(found.at("/metadata/labels").toString()).isEqualTo("{\"dummy-label\":\"true\"}");
                        assertThat(found.at("/metadata/annotations").toString())
                                .isEqualTo("{\"dummy-annotation\":\"true\"}");
                    }
                });
        expect(
                "Optional, ExportedLabels",
                "labels-and-annotations",
                "MCS-7, MCS-11",
                "A service exported on two clusters with conflicting annotations and labels should apply the conflict"
                        + " resolution policy and report a Conflict condition on each ServiceExport",
                ns -> {
                    first.service(ns, CLUSTER_IP).export(ns, exported("dummy"));
                    second.service(ns, CLUSTER_IP).export(ns, exported("dummy2"));
                    awaitConflict(ns, "AnnotationsConflict,LabelsConflict");
                    for (SuiteCluster cluster : clusters) {
                        cluster.awaitImport(
                                ns,
                                found -> found.at("/metadata/labels").toString().equals("{\"dummy-label\":\"true\"}")
                                        && found.at("/metadata/annotations")
                                                .toString()
                                                .equals("{\"dummy-annotation\":\"true\"}"));
                    }
                });
    }

    private static String exported(String name) {
        return "{'exportedLabels':{'" + name + "-label':'true'},'exportedAnnotations':{'" + name
                + "-annotation':'true'}}";
    }

    private void clusterIpImports() {
        comesAndGoes(
                "Exporting a ClusterIP service should create a ServiceImport of type ClusterSetIP in the service's"
                        + " namespace in each cluster. Unexporting should delete the ServiceImport",
                "importing-services",
                CLUSTER_IP,
                "ClusterSetIP");
        String of = " for a ClusterSetIP ServiceImport should match the exported service's ";
        matches(
                "session-affinity",
                "The SessionAffinity" + of + "SessionAffinity",
                CLUSTER_IP,
                "/spec/sessionAffinity");
        matches(
                "session-affinity",
                "The SessionAffinityConfig" + of + "SessionAffinityConfig",
                CLUSTER_IP,
                "/spec/sessionAffinityConfig");
        matches(
                "internal-traffic-policy",
                "The InternalTrafficPolicy" + of + "InternalTrafficPolicy",
                with("'internalTrafficPolicy':'Local'"),
                "/spec/internalTrafficPolicy");
        matches(
                "traffic-distribution",
                "The TrafficDistribution" + of + "TrafficDistribution",
                with("'trafficDistribution':'PreferClose'"),
                "/spec/trafficDistribution");
        expect(
                "Required",
                "clustersetip",
                "MCS-12",
                "An IP should be allocated for a ClusterSetIP ServiceImport",
                ns -> {
                    first.service(ns, CLUSTER_IP).export(ns, "{}");
                    for (SuiteCluster cluster : clusters) {
                        JsonNode found = cluster.awaitImport(
                                ns, any -> any.at("/spec/ips").size() > 0);
                        assertThat(found.at("/spec/ips/0").asText()).matches("\\d+\\.\\d+\\.\\d+\\.\\d+");
                        assertThat(found.at("/spec/ips")).hasSameSizeAs(found.at("/spec/ipFamilies"));
                    }
                });
    }

    private static String with(String field) {
        return CLUSTER_IP.replaceFirst("\\{", "{" + field + ",");
    }

    private void comesAndGoes(String what, String section, String spec, String type) {
        expect("Required", section, "MCS-4", what, ns -> {
            first.service(ns, spec).export(ns, "{}");
            for (SuiteCluster cluster : clusters) {
                assertThat(cluster.awaitImport(ns, any -> true).at("/spec/type").asText())
                        .isEqualTo(type);
            }
            first.unexport(ns);
            clusters.forEach(cluster -> cluster.awaitNoImport(ns));
        });
    }

    private void matches(String section, String what, String spec, String pointer) {
        expect("Required", section, "MCS-5", what, ns -> {
            first.service(ns, spec).export(ns, "{}");
            JsonNode own = json("{'spec':" + spec + "}").at(pointer);
            clusters.forEach(cluster ->
                    cluster.awaitImport(ns, found -> found.at(pointer).equals(own)));
        });
    }

    private void ports() {
        expect(
                "Required",
                "service-port",
                "MCS-10",
                "The ports for a ClusterSetIP ServiceImport should match those of the exported service",
                ns -> {
                    first.service(ns, CLUSTER_IP).export(ns, "{}");
                    clusters.forEach(cluster ->
                            cluster.awaitImport(ns, found -> ports(found).equals("[tcp/4242/TCP]")));
                });
        String two = "A ClusterIP service exported on two clusters ";
        expect(
                "Required",
                "service-port",
                "MCS-7, MCS-10",
                two + "should expose the union of the constituent service ports",
                ns -> {
                    exportBoth(ns, CLUSTER_IP, CLUSTER_IP.replace(TCP, TCP + "," + OTHER));
                    awaitConflict(ns, "PortConflict");
                    clusters.forEach(cluster ->
                            cluster.awaitImport(ns, found -> ports(found).equals("[tcp/4242/TCP, stcp/4342/SCTP]")));
                });
        expect(
                "Required",
                "service-port",
                "MCS-7, MCS-10",
                two
                        + "with conflicting ports should apply the conflict resolution policy and report a Conflict condition"
                        + " on each ServiceExport",
                ns -> {
                    exportBoth(ns, CLUSTER_IP, CLUSTER_IP.replace("4242", "4243"));
                    awaitConflict(ns, "PortConflict");
                    clusters.forEach(cluster ->
                            cluster.awaitImport(ns, found -> ports(found).equals("[tcp/4242/TCP]")));
                });
    }

    private static String ports(JsonNode serviceImport) {
        List<String> ports = new ArrayList<>();
        serviceImport
                .at("/spec/ports")
                .forEach(port -> ports.add(
                        port.path("name").asText() + "/" + port.path("port").asInt() + "/"
                                + port.path("protocol").asText()));
        return ports.toString();
    }

    private void otherTypes() {
        comesAndGoes(
                "Exporting a headless service should create a ServiceImport of type Headless in the service's namespace in"
                        + " each cluster. Unexporting should delete the ServiceImport",
                "service-types",
                HEADLESS,
                "Headless");
        expect(
                "Required",
                "clustersetip",
                "MCS-4",
                "No clusterset IP should be allocated for a Headless ServiceImport",
                ns -> {
                    first.service(ns, HEADLESS).pod(ns, backend(ns, "one"), "");
                    first.export(ns, "{}");
                    for (SuiteCluster cluster : clusters) {
                        // Where its endpoints are imported, everything has had its time.
                        eventually(() -> assertThat(cluster.importedSlices(ns)).hasSize(1));
                        assertThat(cluster.awaitImport(ns, any -> true).at("/spec/ips"))
                                .isEmpty();
                    }
                });
        expect(
                "Required",
                "service-types",
                "MCS-2",
                "Exporting an ExternalName service should set ServiceExport Valid condition to False",
                ns -> {
                    first.service(ns, EXTERNAL).export(ns, "{}");
                    assertThat(first.awaitCondition(ns, "Valid", "False")
                                    .path("reason")
                                    .asText())
                            .isEqualTo("InvalidServiceType");
                    clusters.forEach(cluster -> assertThat(cluster.serviceImport(ns))
                            .as(cluster.name())
                            .isNull());
                });
        expect(
                "Required",
                "headlessness",
                "MCS-4, MCS-7",
                "A service exported on two clusters with conflicting headlessness should apply the conflict resolution"
                        + " policy and report a Conflict condition on the ServiceExport",
                ns -> {
                    exportBoth(ns, CLUSTER_IP, HEADLESS);
                    for (SuiteCluster cluster : clusters) {
                        assertThat(cluster.awaitCondition(ns, "Conflict", "True")
                                        .path("reason")
                                        .asText())
                                .contains("TypeConflict");
                        cluster.awaitImport(
                                ns, found -> found.at("/spec/type").asText().equals("ClusterSetIP"));
                    }
                });
    }
}
