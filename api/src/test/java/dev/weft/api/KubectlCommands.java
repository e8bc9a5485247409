package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What the real kubectl does against the API, over one registry or the other. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KubectlCommands {
    private Path home;

    private TestServer server;

    abstract TestBacking backing(Path directory);

    /** What a run of kubectl came to. */
    private record Run(int code, String out, String err) {
        Run succeeds() {
            assertThat(code).as(toString()).isZero();
            return this;
        }

        Run fails() {
            assertThat(code).as(toString()).isNotZero();
            return this;
        }
    }

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        home = temporary;
        boolean found = false;
        try {
            found = new ProcessBuilder("kubectl", "version", "--client").start().waitFor() == 0;
        } catch (IOException e) {
            System.out.println(
                    "The tests with kubectl are skipped: kubectl is not on the PATH (" + e.getMessage() + ")");
        }
        assumeTrue(found, "kubectl is not on the PATH");
        server = new TestServer(backing(Files.createDirectory(temporary.resolve("data"))));
        Files.writeString(home.resolve("config"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: weft, cluster: {server: "%s"}}]
                contexts: [{name: weft, context: {cluster: weft, user: me}}]
                users: [{name: me, user: {}}]
                current-context: weft
                """.formatted(server.url()));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private Process launch(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("kubectl"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("KUBECONFIG", home.resolve("config").toString());
        builder.environment().put("HOME", home.toString());
        return builder.start();
    }

    private Run kubectl(String... arguments) {
        return kubectlWith("", arguments);
    }

    private Run kubectlWith(String input, String... arguments) {
        try {
            Process process = launch(arguments);
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("kubectl " + String.join(" ", arguments) + " did not end");
            }
            return new Run(process.exitValue(), out, err);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String service(String name, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata:
                  name: %s
                  labels: {app: %s}
                spec:
                  selector: {app: my-app}
                  ports: [{name: http, port: %d, targetPort: 9376}]
                """.formatted(name, name, port);
    }

    @Test
    @DisplayName("applies a manifest: new, the same, changed so that a port goes")
    void applies() {
        assertThat(kubectlWith(service("applied", 80), "apply", "-f", "-")
                        .succeeds()
                        .out())
                .isEqualTo("service/applied created\n");
        assertThat(kubectlWith(service("applied", 80), "apply", "-f", "-")
                        .succeeds()
                        .out())
                .isEqualTo("service/applied unchanged\n");
        assertThat(kubectlWith(service("applied", 81), "diff", "-f", "-").code())
                .isEqualTo(1);
        assertThat(kubectlWith(service("applied", 81), "apply", "-f", "-")
                        .succeeds()
                        .out())
                .isEqualTo("service/applied configured\n");
        assertThat(kubectl("get", "svc", "applied", "-o", "jsonpath={.spec.ports[*].port}")
                        .succeeds()
                        .out())
                .isEqualTo("81");
    }

    @Test
    @DisplayName("is refused a field that the kind does not have")
    void unknownField() {
        String wrong = service("wrong", 80).replace("selector:", "selectr:");
        assertThat(kubectlWith(wrong, "apply", "-f", "-").fails().err()).contains("unknown field \"spec.selectr\"");
    }

    @Test
    @DisplayName("is told the causes of an invalid object")
    void invalid() {
        assertThat(kubectlWith(service("invalid", 70_000), "apply", "-f", "-")
                        .fails()
                        .err())
                .contains("The Service \"invalid\" is invalid: spec.ports[0].port: Invalid value: 70000");
    }

    @Test
    @DisplayName("gets Services as table, wide, yaml, json, by label, in all namespaces, sorted, in chunks")
    void gets() {
        kubectlWith(service("got", 80), "apply", "-f", "-").succeeds();
        assertThat(kubectl("get", "svc", "got").succeeds().out())
                .containsPattern("NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\\(S\\) +AGE")
                .containsPattern("got +ClusterIP +127\\.96\\.\\S+ +<none> +80/TCP +\\d+s");
        assertThat(kubectl("get", "svc", "got", "-o", "wide").succeeds().out())
                .contains("SELECTOR")
                .contains("app=my-app");
        assertThat(kubectl("get", "svc", "got", "-o", "yaml").succeeds().out()).contains("targetPort: 9376");
        assertThat(kubectl("get", "svc", "got", "-o", "json").succeeds().out()).contains("\"kind\": \"Service\"");
        assertThat(kubectl("get", "svc", "-l", "app=got", "-o", "name")
                        .succeeds()
                        .out())
                .isEqualTo("service/got\n");
        assertThat(kubectl("get", "svc", "-A").succeeds().out()).contains("NAMESPACE");
        assertThat(kubectl("get", "svc", "--sort-by=.metadata.name").succeeds().out())
                .contains("got");
        assertThat(kubectl("get", "svc", "--show-labels").succeeds().out()).contains("app=got");
        assertThat(kubectl("get", "ns", "--chunk-size=1", "-o", "name")
                        .succeeds()
                        .out())
                .contains("namespace/default\n")
                .contains("namespace/kube-system\n");
        assertThat(kubectl("get", "svc", "--field-selector", "metadata.name=got", "-o", "name")
                        .succeeds()
                        .out())
                .isEqualTo("service/got\n");
        assertThat(kubectl("get", "svc", "nowhere").fails().err())
                .isEqualTo("Error from server (NotFound): services \"nowhere\" not found\n");
        assertThat(kubectl("get", "nonsense").fails().err())
                .isEqualTo("error: the server doesn't have a resource type \"nonsense\"\n");
        kubectl("get", "all,endpoints,endpointslices").succeeds();
    }

    @Test
    @DisplayName("describes a Service")
    void describes() {
        kubectlWith(service("described", 80), "apply", "-f", "-").succeeds();
        assertThat(kubectl("describe", "svc", "described").succeeds().out())
                .contains("Name:                     described")
                .contains("Selector:                 app=my-app")
                .contains("Events:");
    }

    @Test
    @DisplayName("patches in three ways, labels, annotates, edits status")
    void patches() {
        kubectlWith(service("patched", 80), "apply", "-f", "-").succeeds();
        kubectl("patch", "svc", "patched", "-p", "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":1}]}}")
                .succeeds();
        kubectl("patch", "svc", "patched", "--type=merge", "-p", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
                .succeeds();
        kubectl("patch", "svc", "patched", "--type=json", "-p", "[{\"op\":\"remove\",\"path\":\"/metadata/labels/a\"}]")
                .succeeds();
        assertThat(kubectl("label", "svc", "patched", "tier=front").succeeds().out())
                .isEqualTo("service/patched labeled\n");
        kubectl("label", "svc", "patched", "tier-").succeeds();
        kubectl("annotate", "svc", "patched", "note=yes").succeeds();
        assertThat(kubectl(
                                "get",
                                "svc",
                                "patched",
                                "-o",
                                "jsonpath={.spec.ports[0].targetPort} {.metadata.annotations.note}")
                        .succeeds()
                        .out())
                .isEqualTo("1 yes");
    }

    @Test
    @DisplayName("makes objects by its typed commands, which send protobuf")
    void createsByProtobuf() {
        kubectl("create", "namespace", "team").succeeds();
        kubectl("create", "service", "clusterip", "plain", "--tcp=80:8080", "-n", "team")
                .succeeds();
        kubectl("create", "service", "nodeport", "noded", "--tcp=80:8080", "-n", "team")
                .succeeds();
        kubectl("create", "service", "loadbalancer", "balanced", "--tcp=80", "-n", "team")
                .succeeds();
        kubectl("create", "service", "externalname", "named", "--external-name=db.example.com", "-n", "team")
                .succeeds();
        kubectl("create", "configmap", "settings", "--from-literal=a=1", "-n", "team")
                .succeeds();
        kubectl("create", "deployment", "work", "--image=app", "--replicas=0", "-n", "team")
                .succeeds();
        assertThat(kubectl("get", "svc", "-n", "team").succeeds().out())
                .containsPattern("balanced +LoadBalancer +\\S+ +<pending> +80:\\d+/TCP")
                .containsPattern("named +ExternalName +<none> +db.example.com +<none>")
                .containsPattern("noded +NodePort +\\S+ +<none> +80:\\d+/TCP")
                .containsPattern("plain +ClusterIP +\\S+ +<none> +80/TCP");
        assertThat(kubectl("get", "cm", "settings", "-n", "team", "-o", "jsonpath={.data.a}")
                        .succeeds()
                        .out())
                .isEqualTo("1");
        assertThat(kubectl("get", "deploy", "work", "-n", "team", "-o", "jsonpath={.spec.replicas}")
                        .succeeds()
                        .out())
                .isEqualTo("0");
        kubectl("scale", "deploy", "work", "--replicas=3", "-n", "team").succeeds();
        kubectl("scale", "deploy", "work", "--replicas=4", "--current-replicas=3", "-n", "team")
                .succeeds();
        assertThat(kubectl("get", "deploy", "work", "-n", "team", "-o", "jsonpath={.spec.replicas}")
                        .succeeds()
                        .out())
                .isEqualTo("4");
        assertThat(kubectl("delete", "svc", "plain", "-n", "team").succeeds().out())
                .startsWith("service \"plain\" deleted");
        kubectl("delete", "ns", "team").succeeds();
        assertThat(kubectl("get", "svc", "-n", "team").succeeds().err()).contains("No resources found");
    }

    @Test
    @DisplayName("reads discovery, fields, rights, versions, clusters")
    void asks() {
        assertThat(kubectl("api-resources").succeeds().out()).containsPattern("services +svc +v1 +true +Service");
        assertThat(kubectl("api-versions").succeeds().out())
                .contains("discovery.k8s.io/v1")
                .contains("mesh.weft.dev");
        assertThat(kubectl("version").succeeds().out()).contains("Server Version: v1.32.0+weft-");
        assertThat(kubectl("explain", "service.spec.ports").succeeds().out())
                .contains("targetPort")
                .contains("nodePort");
        assertThat(kubectl("auth", "can-i", "create", "services").succeeds().out())
                .isEqualTo("yes\n");
        assertThat(kubectl("auth", "can-i", "--list").succeeds().out()).contains("*.*");
        assertThat(kubectl("auth", "whoami").succeeds().out()).contains("system:admin");
        assertThat(kubectl("get", "clusters").succeeds().out())
                .containsPattern("NAME +STATE +ROUND-TRIP +BEHIND +LAST-EXCHANGE +FRESHNESS +STALE-FOR +ADDRESS")
                .containsPattern("west +Alive +1.52ms +3 +\\d+s +Fresh +<none> +127.0.0.1:7002");
        kubectl("get", "clusters", "east", "-o", "yaml").succeeds();
        kubectl("events").succeeds();
        kubectl("cluster-info").succeeds();
    }

    @Test
    @DisplayName("replaces by dry run, creates from a file, deletes by label")
    void replaces() {
        kubectlWith(service("replaced", 80), "create", "-f", "-").succeeds();
        assertThat(kubectlWith(service("replaced", 80), "create", "-f", "-")
                        .fails()
                        .err())
                .contains("services \"replaced\" already exists");
        kubectlWith(service("replaced", 82), "replace", "--dry-run=server", "-f", "-")
                .succeeds();
        assertThat(kubectl("get", "svc", "replaced", "-o", "jsonpath={.spec.ports[*].port}")
                        .out())
                .isEqualTo("80");
        kubectlWith(service("replaced", 82), "replace", "-f", "-").succeeds();
        assertThat(kubectl("get", "svc", "replaced", "-o", "jsonpath={.spec.ports[*].port}")
                        .out())
                .isEqualTo("82");
        kubectl("expose", "svc", "replaced", "--name=exposed", "--port=83").succeeds();
        kubectl("delete", "svc", "-l", "app=replaced").succeeds();
        kubectl("wait", "--for=delete", "svc/replaced", "--timeout=5s").succeeds();
    }

    @Test
    @DisplayName("watches: sees what is there, what comes and what goes")
    void watches() throws Exception {
        kubectlWith(service("watched", 80), "apply", "-f", "-").succeeds();
        Process watch = launch("get", "svc", "-w", "--output-watch-events", "-l", "app in (watched,later)");
        try {
            StringBuilder seen = new StringBuilder();
            Thread reader = new Thread(() -> read(watch, seen));
            reader.start();
            await().atMost(60, TimeUnit.SECONDS).until(() -> text(seen).contains("watched"));
            // The list is printed before the watch is open; it resumes from the list's version, so nothing is missed.
            kubectlWith(service("later", 80), "apply", "-f", "-").succeeds();
            await().atMost(60, TimeUnit.SECONDS).until(() -> text(seen).contains("later"));
            kubectl("delete", "svc", "later").succeeds();
            await().atMost(60, TimeUnit.SECONDS).until(() -> text(seen).contains("DELETED"));
        } finally {
            // Where kubectl stands behind a dispatcher, the one that watches is its child.
            watch.descendants().forEach(ProcessHandle::destroy);
            watch.destroy();
            watch.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static String text(StringBuilder seen) {
        synchronized (seen) {
            return seen.toString();
        }
    }

    private static void read(Process process, StringBuilder seen) {
        byte[] buffer = new byte[4096];
        try {
            for (int n = process.getInputStream().read(buffer);
                    n >= 0;
                    n = process.getInputStream().read(buffer)) {
                synchronized (seen) {
                    seen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            // The process was ended by the test.
            assertThat(process.isAlive()).isFalse();
        }
    }
}
