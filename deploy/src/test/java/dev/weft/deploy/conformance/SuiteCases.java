package dev.weft.deploy.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.testbed.TestBed;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.DynamicTest;

/** Cases of the suite, and what they have in common. Of two exports the first cluster's is the one that wins. */
abstract class SuiteCases {
    static final int PORT = 4242;
    static final String TCP = "{'name':'tcp','port':4242,'targetPort':9376,'protocol':'TCP'}";
    static final String OTHER = "{'name':'stcp','port':4342,'targetPort':9376,'protocol':'SCTP'}";
    static final String CLUSTER_IP = "{'selector':{'app':'hello'},'sessionAffinity':'ClientIP',"
            + "'sessionAffinityConfig':{'clientIP':{'timeoutSeconds':10}},'ports':[" + TCP + "]}";
    static final String HEADLESS =
            "{'clusterIP':'None','selector':{'app':'hello'},'ports':[{'name':'tcp','port':9376,'protocol':'TCP'}]}";
    static final String EXTERNAL = "{'type':'ExternalName','externalName':'example.com'}";

    final List<SuiteCluster> clusters;
    final SuiteCluster first;
    final SuiteCluster second;
    private final TestBed bed;
    private final String prefix;
    private final List<DynamicTest> cases = new ArrayList<>();

    /** @param prefix of the namespaces of these cases */
    SuiteCases(TestBed bed, SuiteCluster first, SuiteCluster second, String prefix) {
        this.bed = bed;
        this.first = first;
        this.second = second;
        this.clusters = List.of(first, second);
        this.prefix = prefix;
    }

    /** What a case does in its namespace. */
    interface Steps {
        void in(String namespace) throws Exception;
    }

    /** The cases, in the order of the suite. */
    final List<DynamicTest> all() {
        collect();
        return List.copyOf(cases);
    }

    /** Says {@link #expect} for each. */
    abstract void collect();

    final void expect(String label, String section, String rule, String what, Steps steps) {
        String namespace = prefix + "-" + cases.size();
        cases.add(DynamicTest.dynamicTest(what + " (" + label + ", KEP-1645 #" + section + ", " + rule + ")", () -> {
            clusters.forEach(cluster -> cluster.namespace(namespace));
            steps.in(namespace);
        }));
    }

    /** Deploys and exports in both; the first's export is older, or as old and of the name that sorts first. */
    final void exportBoth(String ns, String one, String two) {
        first.service(ns, one).pod(ns, backend(ns, "one"), "");
        first.export(ns, "{}");
        second.service(ns, two).pod(ns, backend(ns, "two"), "");
        second.export(ns, "{}");
    }

    final void awaitConflict(String ns, String reason) {
        for (SuiteCluster cluster : clusters) {
            assertThat(cluster.awaitCondition(ns, "Conflict", "True")
                            .path("reason")
                            .asText())
                    .as(cluster.name())
                    .isEqualTo(reason);
        }
    }

    final void awaitAnswer(String ns, int port, String who) {
        for (SuiteCluster cluster : clusters) {
            eventually(() -> assertThat(cluster.call(clusterset(ns), port))
                    .as("from " + cluster.name())
                    .isEqualTo(who));
        }
    }

    final Backend backend(String ns, String which) {
        return bed.backend(ns + "-" + which, 9376);
    }

    static String clusterset(String ns) {
        return "hello." + ns + ".svc.clusterset.local";
    }

    static void eventually(ThrowingRunnable assertion) {
        await().atMost(SuiteCluster.PATIENCE).ignoreExceptions().untilAsserted(assertion);
    }
}
