package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the real kubectl waits for, watches and takes away, as it would with Kubernetes. */
@DisplayName("kubectl, over time,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlLifecycleIT {
    @RegisterExtension
    static final KubectlServer SHARED = new KubectlServer();

    private static final String WORKLOAD = """
            apiVersion: apps/v1
            kind: %s
            metadata: {name: %s, namespace: life}
            spec:
              selector: {matchLabels: {app: %2$s}}
              template:
                metadata: {labels: {app: %2$s}}
                spec: {containers: [{name: c, image: "life:1"}]}
            """;
    private static final String ROLLED_OUT =
            "{\"status\":{\"observedGeneration\":9,\"replicas\":1,\"updatedReplicas\":1,"
                    + "\"readyReplicas\":1,\"availableReplicas\":1,\"conditions\":[{\"type\":\"Available\",\"status\":\"True\"}]}}";

    private Kubectl kubectl;

    @BeforeAll
    void makeANamespace() {
        kubectl = SHARED.kubectl();
        kubectl.run("create namespace life");
    }

    private void workload(String kind, String name) {
        kubectl.pipe(WORKLOAD.formatted(kind, name), "create -f -");
    }

    private void rollOut(Kubectl kubectl, String name) {
        kubectl.run("patch deploy " + name + " -n life --subresource=status -p", ROLLED_OUT);
    }

    @Nested
    @DisplayName("rollout")
    class Rollout {
        @Test
        @DisplayName("follows the status that a controller writes")
        void status() {
            workload("Deployment", "rolled");
            assertThat(kubectl.run("rollout status deploy/rolled -n life --watch=false"))
                    .isEqualTo("Waiting for deployment spec update to be observed...\n");
            try (Kubectl.Following status = kubectl.follow("rollout status deploy/rolled -n life --timeout=60s")) {
                status.hears("Waiting for");
                rollOut(kubectl, "rolled");
                assertThat(status.ends()).isZero();
                assertThat(status.text()).endsWith("deployment \"rolled\" successfully rolled out\n");
            }
        }

        @Test
        @DisplayName("tells, restarts, pauses, resumes and undoes by the revisions that are stored")
        void history() {
            workload("Deployment", "told");
            assertThat(kubectl.run("rollout history deploy/told -n life")).endsWith("No rollout history found.\n");
            kubectl.run("annotate deploy told -n life deployment.kubernetes.io/revision=2");
            String uid = kubectl.run("get deploy told -n life -o jsonpath={.metadata.uid}");
            for (int revision = 1; revision <= 2; revision++) {
                kubectl.pipe(replicaSet("told-" + revision, revision, uid), "create -f -");
            }
            assertThat(kubectl.table("rollout history deploy/told -n life"))
                    .isEqualTo("deployment.apps/told\nREVISION CHANGE-CAUSE\n1 <none>\n2 cause 2\n\n");
            assertThat(kubectl.run("rollout history deploy/told -n life --revision=2"))
                    .contains("life:r2");
            assertThat(kubectl.run("rollout undo deploy/told -n life --to-revision=1"))
                    .isEqualTo("deployment.apps/told rolled back\n");
            assertThat(kubectl.run("get deploy told -n life -o jsonpath={..image}"))
                    .isEqualTo("life:r1");
            assertThat(kubectl.run("rollout restart deploy/told -n life"))
                    .isEqualTo("deployment.apps/told restarted\n");
            assertThat(kubectl.run("rollout pause deploy/told -n life")).isEqualTo("deployment.apps/told paused\n");
            assertThat(kubectl.run("rollout resume deploy/told -n life")).isEqualTo("deployment.apps/told resumed\n");
        }

        private static String replicaSet(String name, int revision, String owner) {
            return """
                    apiVersion: apps/v1
                    kind: ReplicaSet
                    metadata:
                      name: %s
                      namespace: life
                      labels: {app: told, pod-template-hash: h%d}
                      annotations: {deployment.kubernetes.io/revision: "%2$d"%s}
                      ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: told, uid: %s, controller: true}]
                    spec:
                      replicas: 0
                      selector: {matchLabels: {app: told, pod-template-hash: h%2$d}}
                      template:
                        metadata: {labels: {app: told, pod-template-hash: h%2$d}}
                        spec: {containers: [{name: c, image: "life:r%2$d"}]}
                    """.formatted(name, revision, revision == 1 ? "" : ", kubernetes.io/change-cause: cause 2", owner);
        }

        @Test
        @DisplayName("tells of DaemonSets by their ControllerRevisions")
        void controllerRevisions() {
            workload("DaemonSet", "daemon");
            String uid = kubectl.run("get ds daemon -n life -o jsonpath={.metadata.uid}");
            kubectl.pipe("""
                    apiVersion: apps/v1
                    kind: ControllerRevision
                    metadata:
                      name: daemon-1
                      namespace: life
                      labels: {app: daemon}
                      ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: daemon, uid: %s, controller: true}]
                    revision: 1
                    data: {spec: {template: {$patch: replace, metadata: {labels: {app: daemon}}, spec: {containers: [{name: c, image: "life:old"}]}}}}
                    """.formatted(uid), "create -f -");
            assertThat(kubectl.table("get controllerrevisions -n life"))
                    .isEqualTo("NAME CONTROLLER REVISION AGE\ndaemon-1 daemonset.apps/daemon 1 #\n");
            assertThat(kubectl.table("rollout history ds/daemon -n life"))
                    .isEqualTo("daemonset.apps/daemon\nREVISION CHANGE-CAUSE\n1 <none>\n\n");
            assertThat(kubectl.run("rollout undo ds/daemon -n life --to-revision=1"))
                    .isEqualTo("daemonset.apps/daemon rolled back\n");
            assertThat(kubectl.run("get ds daemon -n life -o jsonpath={..image}"))
                    .isEqualTo("life:old");
        }
    }

    @Nested
    @DisplayName("wait")
    class Wait {
        @Test
        @DisplayName("goes on until a condition, a field, or the end of an object is there")
        void waits() {
            workload("Deployment", "awaited");
            try (Kubectl.Following condition =
                            kubectl.follow("wait deploy/awaited --for=condition=Available -n life --timeout=60s");
                    Kubectl.Following field = kubectl.follow(
                            "wait deploy/awaited --for=jsonpath={.status.readyReplicas}=1 -n life --timeout=60s");
                    Kubectl.Following end = kubectl.follow("wait deploy/awaited --for=delete -n life --timeout=60s")) {
                rollOut(kubectl, "awaited");
                assertThat(condition.ends()).isZero();
                assertThat(condition.text()).isEqualTo("deployment.apps/awaited condition met\n");
                assertThat(field.ends()).isZero();
                kubectl.run("delete deploy awaited -n life");
                assertThat(end.ends()).isZero();
            }
        }

        @Test
        @DisplayName("gives up in time, and at once where there is nothing")
        void givesUp() {
            workload("Deployment", "unready");
            assertThat(kubectl.fails("wait deploy/unready --for=condition=Available -n life --timeout=1s"))
                    .isEqualTo("error: timed out waiting for the condition on deployments/unready\n");
            assertThat(kubectl.fails("wait deploy/nowhere --for=condition=Available -n life --timeout=1s"))
                    .isEqualTo("Error from server (NotFound): deployments.apps \"nowhere\" not found\n");
        }
    }

    @Nested
    @DisplayName("delete")
    class Delete {
        @Test
        @DisplayName("takes names, files, labels, all of a kind, and says what it did")
        void deletes() {
            for (String name : new String[] {"d1", "d2", "d3", "d4", "d5"}) {
                kubectl.run("create service clusterip " + name + " --tcp=80 -n life");
            }
            assertThat(kubectl.run("delete svc d1 -n life --dry-run=server"))
                    .isEqualTo("service \"d1\" deleted (server dry run)\n");
            assertThat(kubectl.run("delete svc d1 d2 -n life"))
                    .isEqualTo("service \"d1\" deleted\nservice \"d2\" deleted\n");
            assertThat(kubectl.run("delete svc -n life -l app=d3")).isEqualTo("service \"d3\" deleted\n");
            String manifest =
                    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"d4\",\"namespace\":\"life\"}}";
            assertThat(kubectl.pipe(manifest, "delete -f -")).isEqualTo("service \"d4\" deleted\n");
            assertThat(kubectl.run("delete svc --all -n life --wait=false")).contains("service \"d5\" deleted\n");
            assertThat(kubectl.fails("delete svc d5 -n life"))
                    .isEqualTo("Error from server (NotFound): services \"d5\" not found\n");
            assertThat(kubectl.run("delete svc d5 -n life --ignore-not-found")).isEmpty();
        }

        @Test
        @DisplayName("does so in the background, in the foreground, or leaving orphans")
        void cascades() {
            for (String cascade : new String[] {"background", "orphan"}) {
                workload("ReplicaSet", cascade);
                assertThat(kubectl.run("delete rs " + cascade + " -n life --cascade=" + cascade))
                        .isEqualTo("replicaset.apps \"" + cascade + "\" deleted\n");
            }
            workload("ReplicaSet", "kept");
            kubectl.run(
                    "patch rs kept -n life --type=merge -p",
                    "{\"metadata\":{\"finalizers\":[\"a.example.com/hold\"]}}");
            kubectl.run("delete rs kept -n life --cascade=foreground --wait=false");
            assertThat(kubectl.run("get rs kept -n life -o jsonpath={.metadata.finalizers}"))
                    .contains("a.example.com/hold", "foregroundDeletion");
            kubectl.run("patch rs kept -n life --type=merge -p", "{\"metadata\":{\"finalizers\":null}}");
            kubectl.run("wait rs/kept --for=delete -n life --timeout=60s");
        }

        @Test
        @DisplayName("empties a namespace that goes")
        void namespace() {
            kubectl.run("create namespace going");
            kubectl.run("create cm one -n going");
            assertThat(kubectl.run("delete ns going")).isEqualTo("namespace \"going\" deleted\n");
            assertThat(kubectl.fails("create cm two -n going"))
                    .isEqualTo("error: failed to create configmap: namespaces \"going\" not found\n");
        }

        @Test
        @DisplayName("finalizes by hand a namespace that cannot go, and keeps a finalizer that is put in")
        void finalizeByHand() {
            kubectl.run("create namespace stuck");
            kubectl.pipe("""
                    {"apiVersion":"v1","kind":"ConfigMap",
                     "metadata":{"name":"held","namespace":"stuck","finalizers":["example.com/x"]}}""", "create -f -");
            kubectl.run("delete ns stuck --wait=false");
            assertThat(kubectl.run("get ns stuck -o jsonpath={.status.phase}")).isEqualTo("Terminating");
            String other = kubectl.run("get ns stuck -o json").replace("\"kubernetes\"", "\"example.com/y\"");
            assertThat(kubectl.pipe(other, "replace --raw /api/v1/namespaces/stuck/finalize -f -"))
                    .contains("example.com/y");
            assertThat(kubectl.run("get ns stuck -o jsonpath={.spec.finalizers}"))
                    .isEqualTo("[\"example.com/y\"]");
            String none = kubectl.run("get ns stuck -o json").replace("\"example.com/y\"", "");
            kubectl.pipe(none, "replace --raw /api/v1/namespaces/stuck/finalize -f -");
            assertThat(kubectl.run("get ns stuck --ignore-not-found")).isEmpty();
        }

        @Test
        @DisplayName("does not wait for Pods that are forced")
        void forced() {
            kubectl.run("run forced --image=app -n life");
            assertThat(kubectl.run("delete po forced -n life --grace-period=0 --force"))
                    .isEqualTo("pod \"forced\" force deleted\n");
        }
    }

    @Nested
    @DisplayName("cordon, taint, drain")
    class Nodes {
        @Test
        @DisplayName("mark a node, and empty it")
        void nodes() {
            kubectl.pipe(
                    "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"drained\"}}", "create -f -");
            assertThat(kubectl.run("cordon drained")).isEqualTo("node/drained cordoned\n");
            assertThat(kubectl.table("get no drained --no-headers")).startsWith("drained Unknown,SchedulingDisabled");
            assertThat(kubectl.run("uncordon drained")).isEqualTo("node/drained uncordoned\n");
            assertThat(kubectl.run("taint no drained a=b:NoSchedule")).isEqualTo("node/drained tainted\n");
            assertThat(kubectl.fails("taint no drained a=b:NoSchedule")).contains("--overwrite is false");
            assertThat(kubectl.run("taint no drained a-")).isEqualTo("node/drained untainted\n");
            kubectl.run("run lone --image=app -n life --overrides", "{\"spec\":{\"nodeName\":\"drained\"}}");
            assertThat(kubectl.fails("drain drained --timeout=20s")).contains("life/lone");
            assertThat(kubectl.run("drain drained --force --disable-eviction --timeout=60s"))
                    .endsWith("pod/lone deleted\nnode/drained drained\n");
        }
    }

    @Nested
    @DisplayName("watch and proxy")
    class Watching {
        @Test
        @DisplayName("print what comes, changes and goes, with or without what was there")
        void watches() {
            kubectl.run("create cm seen -n life --from-literal=a=1");
            try (Kubectl.Following all = kubectl.follow("get cm seen -n life -w --output-watch-events --no-headers");
                    Kubectl.Following only = kubectl.follow(
                            "get cm -n life --watch-only --output-watch-events -l=watched=yes --no-headers")) {
                all.hears("ADDED");
                // What comes before the second watch has begun would not be shown by it.
                for (int i = 0; i < 100 && !only.text().contains("MODIFIED"); i++) {
                    kubectl.run("label cm seen -n life --overwrite watched=yes round=" + i);
                }
                only.hears("seen");
                all.hears("MODIFIED");
                kubectl.run("delete cm seen -n life");
                all.hears("DELETED");
                only.hears("DELETED");
            }
        }

        @Test
        @DisplayName("go through kubectl proxy")
        void proxy() throws Exception {
            try (Kubectl.Following proxy = kubectl.follow("proxy --port=0")) {
                proxy.hears("Starting to serve on");
                Matcher port = Pattern.compile(":(\\d+)").matcher(proxy.text());
                assertThat(port.find()).isTrue();
                URI uri = URI.create("http://127.0.0.1:" + port.group(1) + "/api/v1/namespaces/life");
                assertThat(HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .build()
                                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                                .body())
                        .contains("\"kind\":\"Namespace\"", "\"name\":\"life\"");
            }
        }

        @Test
        @DisplayName("end in good order when the server stops; waits go on when it is back")
        void restart(@TempDir Path directory) throws Exception {
            try (RestartableServer server =
                    new RestartableServer(Files.createDirectory(directory.resolve("data")), "")) {
                Kubectl other = new Kubectl(directory, server.url());
                other.run("create namespace life");
                other.pipe(WORKLOAD.formatted("Deployment", "lasting"), "create -f -");
                try (Kubectl.Following watch = other.follow("get deploy -n life -w");
                        Kubectl.Following wait =
                                other.follow("wait deploy/lasting --for=condition=Available -n life --timeout=120s");
                        Kubectl.Following rollout =
                                other.follow("rollout status deploy/lasting -n life --timeout=120s")) {
                    watch.hears("lasting");
                    rollout.hears("Waiting for");
                    server.restart(() -> assertThat(watch.ends()).isZero());
                    assertThat(other.run("get deploy -n life -o name")).isEqualTo("deployment.apps/lasting\n");
                    rollOut(other, "lasting");
                    assertThat(wait.ends()).isZero();
                    assertThat(wait.text()).endsWith("deployment.apps/lasting condition met\n");
                    assertThat(rollout.ends()).isZero();
                }
            }
        }
    }
}
