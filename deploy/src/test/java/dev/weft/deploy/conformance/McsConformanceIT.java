package dev.weft.deploy.conformance;

import static dev.weft.deploy.conformance.SuiteCluster.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The public conformance suite of the Multi-Cluster Services API (kubernetes-sigs/mcs-api, folder {@code conformance}) on
 * two real clusters, through their REST APIs, DNS and virtual IPs: its cases by their names, each with its label, the
 * section of KEP-1645 that it refers to, and the project's rule. Each has a namespace of its own, as there.
 */
@DisplayName("The conformance suite of multi-cluster services:")
class McsConformanceIT {
    private static final int PORT = 4242;
    private static final String TCP = "{'name':'tcp','port':4242,'targetPort':9376,'protocol':'TCP'}";
    private static final String OTHER = "{'name':'stcp','port':4342,'targetPort':9376,'protocol':'SCTP'}";
    private static final String CLUSTER_IP = "{'selector':{'app':'hello'},'sessionAffinity':'ClientIP',"
            + "'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':10}},'ports':[" + TCP + "]}";
    private static final String HEADLESS =
            "{'clusterIP':'None','selector':{'app':'hello'},'ports':[{'name':'tcp','port':9376,'protocol':'TCP'}]}";
    private static final String EXTERNAL = "{'type':'ExternalName','externalName':'example.com'}";

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final List<DynamicTest> cases = new ArrayList<>();
    private List<SuiteCluster> clusters = List.of();
    private SuiteCluster first;
    private SuiteCluster second;

    /** What a case does in its namespace. */
    private interface Steps {
        void in(String namespace) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> suite() {
        HostPort[] dns = {bed.free(), bed.free()};
        TestServer east = bed.server("east", "--dns", dns[0].toString());
        TestServer west = bed.server(
                "west", "--dns", dns[1].toString(), "--join", east.gossip().toString());
        List.of(east, west).forEach(TestServer::begin);
        List.of(east, west).forEach(TestServer::awaitReady);
        first = new SuiteCluster(east, dns[0]);
        second = new SuiteCluster(west, dns[1]);
        clusters = List.of(first, second);
        connectivity();
        clusterIpNames();
        headlessNames();
        endpointSlices();
        generalImports();
        clusterIpImports();
        ports();
        otherTypes();
        return cases.stream();
    }

    private void expect(String label, String section, String rule, String what, Steps steps) {
        String namespace = "mcs-conformance-" + cases.size();
        cases.add(DynamicTest.dynamicTest(what + " (" + label + ", KEP-1645 #" + section + ", " + rule + ")", () -> {
            clusters.forEach(cluster -> cluster.namespace(namespace));
            steps.in(namespace);
        }));
    }

    private void connectivity() {
        String remote = "Connectivity to remote services ";
        expect("Required", "exporting-services", "MCS-1", remote + "with no exported service should be inaccessible", ns -> {
            first.service(ns, CLUSTER_IP).pod(ns, backend(ns, "one"), "");
            eventually(() -> assertThat(first.call("hello." + ns + ".svc.cluster.local", PORT))
                    .isEqualTo(ns + "-one"));
            for (int i = 0; i < 20; i++) {
                clusters.forEach(cluster ->
                        assertThat(cluster.call(clusterset(ns), PORT)).as(cluster.name()).isEmpty());
            }
        });
        expect(
                "Optional, Connectivity, ClusterIP",
                "dns",
                "MCS-10",
                remote + "with an exported ClusterIP service should be accessible through DNS (after a potential delay)",
                ns -> {
                    first.service(ns, CLUSTER_IP).pod(ns, backend(ns, "one"), "");
                    first.export(ns, "{}");
                    awaitAnswer(ns, PORT, ns + "-one");
                });
        expect(
                "Optional, Connectivity, StrictPortConflict",
                "service-port",
                "MCS-10",
                remote + "with conflicting ports of one name should reach only the cluster whose export is older",
                ns -> {
                    exportBoth(ns, CLUSTER_IP, CLUSTER_IP.replace("4242", "4243"));
                    first.awaitCondition(ns, "Conflict", "True");
                    awaitAnswer(ns, PORT, ns + "-one");
                    for (int i = 0; i < 20; i++) {
                        clusters.forEach(cluster -> assertThat(cluster.call(clusterset(ns), PORT))
                                .isEqualTo(ns + "-one"));
                    }
                });
        expect(
                "Optional, Connectivity, StrictPortConflict",
                "service-port",
                "MCS-10",
                remote + "with ports of different names should reach each port in the cluster that exposes it",
                ns -> {
                    exportBoth(
                            ns,
                            CLUSTER_IP,
                            CLUSTER_IP.replace("4242", "4243").replace("'tcp'", "'other'"));
                    awaitAnswer(ns, PORT, ns + "-one");
                    awaitAnswer(ns, PORT + 1, ns + "-two");
                });
    }

    private void clusterIpNames() {
        String label = "Optional, DNS, ClusterIP";
        expect(
                label,
                "dns",
                "DNS-12",
                "A DNS lookup of the <service>.<ns>.svc.clusterset.local domain for a ClusterIP service should resolve to"
                        + " the clusterset IP",
                ns -> {
                    first.service(ns, CLUSTER_IP).export(ns, "{}");
                    for (SuiteCluster cluster : clusters) {
                        String ip = cluster.awaitImport(ns, found -> found.at("/spec/ips").size() == 1)
                                .at("/spec/ips/0")
                                .asText();
                        eventually(() -> assertThat(cluster.lookup(clusterset(ns), "A")).containsExactly(ip));
                    }
                });
        expect(
                label,
                "dns",
                "DNS-13",
                "A DNS SRV query of the <service>.<ns>.svc.clusterset.local domain for a ClusterIP service should return"
                        + " valid SRV records",
                ns -> {
                    first.service(ns, CLUSTER_IP).export(ns, "{}");
                    for (SuiteCluster cluster : clusters) {
                        eventually(() -> assertThat(cluster.lookup("_tcp._tcp." + clusterset(ns), "SRV"))
                                .singleElement()
                                .asString()
                                .endsWith(" " + PORT + " " + clusterset(ns) + "."));
                        eventually(() -> assertThat(cluster.lookup(clusterset(ns), "SRV"))
                                .singleElement()
                                .asString()
                                .endsWith(" " + PORT + " " + clusterset(ns) + "."));
                    }
                });
        expect(
                label,
                "dns",
                "MCS-18",
                "DNS lookups of the <service>.<ns>.svc.cluster.local domain for a ClusterIP service should only resolve"
                        + " local services",
                ns -> {
                    first.service(ns, CLUSTER_IP).export(ns, "{}");
                    second.awaitImport(ns, found -> true);
                    String name = "hello." + ns + ".svc.cluster.local";
                    String ip = first.server()
                            .api()
                            .require("/api/v1/namespaces/" + ns + "/services/hello")
                            .at("/spec/clusterIP")
                            .asText();
                    eventually(() -> assertThat(first.lookup(name, "A")).containsExactly(ip));
                    assertThat(second.lookup(name, "A")).isEmpty();
                });
    }

    private void headlessNames() {
        String label = "Optional, DNS, Headless";
        expect(
                label,
                "dns",
                "DNS-14",
                "A DNS query of the <service>.<ns>.svc.clusterset.local domain for a headless service should return the"
                        + " ready endpoint addresses of all the backing pods",
                ns -> {
                    List<String> addresses = headless(ns);
                    for (SuiteCluster cluster : clusters) {
                        eventually(() -> assertThat(cluster.lookup(clusterset(ns), "A"))
                                .isEqualTo(addresses.stream().sorted().toList()));
                    }
                });
        expect(
                label + ", EndpointSlice",
                "dns",
                "DNS-15, DNS-17",
                "A DNS query of the <hostname>.<clusterid>.<service>.<ns>.svc.clusterset.local domain for a headless"
                        + " StatefulSet service should return the requested pod's endpoint address",
                ns -> {
                    List<String> addresses = headless(ns);
                    for (SuiteCluster cluster : clusters) {
                        for (int i = 0; i < addresses.size(); i++) {
                            String name = "hello-" + i + ".east." + clusterset(ns);
                            String address = addresses.get(i);
                            eventually(() -> assertThat(cluster.lookup(name, "A")).containsExactly(address));
                        }
                        assertThat(cluster.lookup("east." + clusterset(ns), "A")).isEmpty();
                    }
                });
        expect(
                label,
                "dns",
                "DNS-16",
                "A DNS SRV query of the <service>.<ns>.svc.clusterset.local domain for a headless service should return"
                        + " valid SRV records",
                ns -> {
                    headless(ns);
                    for (SuiteCluster cluster : clusters) {
                        eventually(() -> assertThat(cluster.lookup("_tcp._tcp." + clusterset(ns), "SRV"))
                                .hasSize(2)
                                .anyMatch(record -> record.endsWith(" 9376 hello-0.east." + clusterset(ns) + "."))
                                .anyMatch(record -> record.endsWith(" 9376 hello-1.east." + clusterset(ns) + ".")));
                    }
                });
    }

    /** Two Pods with names of their own, as of a StatefulSet, exported; their addresses. */
    private List<String> headless(String ns) {
        first.service(ns, HEADLESS);
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Backend backend = backend(ns, "hello-" + i);
            first.pod(ns, backend, "hello-" + i);
            addresses.add(backend.address().host());
        }
        first.export(ns, "{}");
        return addresses;
    }

    private void endpointSlices() {
        expect(
                "Optional, EndpointSlice",
                "using-endpointslice-objects-to-track-endpoints",
                "MCS-15",
                "Exporting a service should create an MCS EndpointSlice in the service's namespace in each cluster with"
                        + " the required MCS labels. Unexporting should delete the EndpointSlice.",
                ns -> {
                    first.service(ns, CLUSTER_IP).pod(ns, backend(ns, "one"), "");
                    first.export(ns, "{}");
                    for (SuiteCluster cluster : clusters) {
                        eventually(() -> assertThat(cluster.importedSlices(ns)).hasSize(1));
                        JsonNode labels = cluster.importedSlices(ns).get(0).at("/metadata/labels");
                        assertThat(labels.path("multicluster.kubernetes.io/service-name").asText())
                                .isEqualTo("hello");
                        assertThat(labels.path("multicluster.kubernetes.io/source-cluster").asText())
                                .isEqualTo("east");
                        assertThat(labels.path("endpointslice.kubernetes.io/managed-by").asText())
                                .isNotEmpty()
                                .isNotEqualTo("endpointslice-controller.k8s.io");
                    }
                    first.unexport(ns);
                    for (SuiteCluster cluster : clusters) {
                        eventually(() -> assertThat(cluster.importedSlices(ns)).isEmpty());
                    }
                });
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
                        cluster.awaitImport(ns, found -> found.at("/status/clusters")
                                .toString()
                                .equals("[{\"cluster\":\"west\"}]"));
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
                        cluster.awaitImport(ns, found -> found.at("/metadata/labels")
                                        .toString()
                                        .equals("{\"dummy-label\":\"true\"}")
                                && found.at("/metadata/annotations").toString().equals("{\"dummy-annotation\":\"true\"}"));
                    }
                });
    }

    private static String exported(String name) {
        return "{'exportedLabels':{'" + name + "-label':'true'},'exportedAnnotations':{'" + name + "-annotation':'true'}}";
    }

    private void clusterIpImports() {
        comesAndGoes(
                "Exporting a ClusterIP service should create a ServiceImport of type ClusterSetIP in the service's"
                        + " namespace in each cluster. Unexporting should delete the ServiceImport",
                "importing-services",
                CLUSTER_IP,
                "ClusterSetIP");
        String of = " for a ClusterSetIP ServiceImport should match the exported service's ";
        matches("session-affinity", "The SessionAffinity" + of + "SessionAffinity", CLUSTER_IP, "/spec/sessionAffinity");
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
                        JsonNode found = cluster.awaitImport(ns, any -> any.at("/spec/ips").size() > 0);
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
            clusters.forEach(cluster -> cluster.awaitImport(ns, found -> found.at(pointer).equals(own)));
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
                    clusters.forEach(cluster -> cluster.awaitImport(ns, found -> ports(found).equals("[tcp/4242/TCP]")));
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
                    clusters.forEach(cluster -> cluster.awaitImport(
                            ns, found -> ports(found).equals("[tcp/4242/TCP, stcp/4342/SCTP]")));
                });
        expect(
                "Required",
                "service-port",
                "MCS-7, MCS-10",
                two + "with conflicting ports should apply the conflict resolution policy and report a Conflict condition"
                        + " on each ServiceExport",
                ns -> {
                    exportBoth(ns, CLUSTER_IP, CLUSTER_IP.replace("4242", "4243"));
                    awaitConflict(ns, "PortConflict");
                    clusters.forEach(cluster -> cluster.awaitImport(ns, found -> ports(found).equals("[tcp/4242/TCP]")));
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
        expect("Required", "clustersetip", "MCS-4", "No clusterset IP should be allocated for a Headless ServiceImport", ns -> {
            first.service(ns, HEADLESS).pod(ns, backend(ns, "one"), "");
            first.export(ns, "{}");
            for (SuiteCluster cluster : clusters) {
                // Where its endpoints are imported, everything has had its time.
                eventually(() -> assertThat(cluster.importedSlices(ns)).hasSize(1));
                assertThat(cluster.awaitImport(ns, any -> true).at("/spec/ips")).isEmpty();
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
                    clusters.forEach(cluster ->
                            assertThat(cluster.serviceImport(ns)).as(cluster.name()).isNull());
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

    /** Deploys and exports in both; the first's export is older, or as old and of the name that sorts first. */
    private void exportBoth(String ns, String one, String two) {
        first.service(ns, one).pod(ns, backend(ns, "one"), "");
        first.export(ns, "{}");
        second.service(ns, two).pod(ns, backend(ns, "two"), "");
        second.export(ns, "{}");
    }

    private void awaitConflict(String ns, String reason) {
        for (SuiteCluster cluster : clusters) {
            assertThat(cluster.awaitCondition(ns, "Conflict", "True")
                            .path("reason")
                            .asText())
                    .as(cluster.name())
                    .isEqualTo(reason);
        }
    }

    private void awaitAnswer(String ns, int port, String who) {
        for (SuiteCluster cluster : clusters) {
            eventually(() -> assertThat(cluster.call(clusterset(ns), port))
                    .as("from " + cluster.name())
                    .isEqualTo(who));
        }
    }

    private Backend backend(String ns, String which) {
        return bed.backend(ns + "-" + which, 9376);
    }

    private static String clusterset(String ns) {
        return "hello." + ns + ".svc.clusterset.local";
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(SuiteCluster.PATIENCE).ignoreExceptions().untilAsserted(assertion);
    }
}
