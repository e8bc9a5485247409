package dev.weft.deploy.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.testbed.TestBed;
import java.util.ArrayList;
import java.util.List;

/** What programs see: names, connections, and the slices behind them. */
final class ConnectionCases extends SuiteCases {
    ConnectionCases(TestBed bed, SuiteCluster first, SuiteCluster second) {
        super(bed, first, second, "connections");
    }

    @Override
    void collect() {
        connectivity();
        clusterIpNames();
        headlessNames();
        endpointSlices();
    }

    private void connectivity() {
        String remote = "Connectivity to remote services ";
        expect(
                "Required",
                "exporting-services",
                "MCS-1",
                remote + "with no exported service should be inaccessible",
                ns -> {
                    first.service(ns, CLUSTER_IP).pod(ns, backend(ns, "one"), "");
                    eventually(() -> assertThat(first.call("hello." + ns + ".svc.cluster.local", PORT))
                            .isEqualTo(ns + "-one"));
                    for (int i = 0; i < 20; i++) {
                        clusters.forEach(cluster -> assertThat(cluster.call(clusterset(ns), PORT))
                                .as(cluster.name())
                                .isEmpty());
                    }
                });
        expect(
                "Optional, Connectivity, ClusterIP",
                "dns",
                "MCS-10",
                remote
                        + "with an exported ClusterIP service should be accessible through DNS (after a potential delay)",
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
                        clusters.forEach(cluster ->
                                assertThat(cluster.call(clusterset(ns), PORT)).isEqualTo(ns + "-one"));
                    }
                });
        expect(
                "Optional, Connectivity, StrictPortConflict",
                "service-port",
                "MCS-10",
                remote + "with ports of different names should reach each port in the cluster that exposes it",
                ns -> {
                    exportBoth(
                            ns, CLUSTER_IP, CLUSTER_IP.replace("4242", "4243").replace("'tcp'", "'other'"));
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
                        String ip = cluster.awaitImport(
                                        ns, found -> found.at("/spec/ips").size() == 1)
                                .at("/spec/ips/0")
                                .asText();
                        eventually(() ->
                                assertThat(cluster.lookup(clusterset(ns), "A")).containsExactly(ip));
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
                            eventually(
                                    () -> assertThat(cluster.lookup(name, "A")).containsExactly(address));
                        }
                        assertThat(cluster.lookup("east." + clusterset(ns), "A"))
                                .isEmpty();
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
                        for (String name : List.of(clusterset(ns), "_tcp._tcp." + clusterset(ns))) {
                            eventually(() -> assertThat(cluster.lookup(name, "SRV"))
                                    .hasSize(2)
                                    .anyMatch(record -> record.endsWith(" 9376 hello-0.east." + clusterset(ns) + "."))
                                    .anyMatch(record -> record.endsWith(" 9376 hello-1.east." + clusterset(ns) + ".")));
                        }
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
                        assertThat(labels.path("multicluster.kubernetes.io/service-name")
                                        .asText())
                                .isEqualTo("hello");
                        assertThat(labels.path("multicluster.kubernetes.io/source-cluster")
                                        .asText())
                                .isEqualTo("east");
                        assertThat(labels.path("endpointslice.kubernetes.io/managed-by")
                                        .asText())
                                .isNotEmpty()
                                .isNotEqualTo("endpointslice-controller.k8s.io");
                    }
                    first.unexport(ns);
                    for (SuiteCluster cluster : clusters) {
                        eventually(() -> assertThat(cluster.importedSlices(ns)).isEmpty());
                    }
                });
    }
}
