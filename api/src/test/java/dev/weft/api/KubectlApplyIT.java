package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Server-side apply by the real kubectl: what it does, and what it says then, as it would to Kubernetes. */
@DisplayName("kubectl, applying on the server,")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlApplyIT {
    @RegisterExtension
    static final KubectlServer SHARED = new KubectlServer();

    private static final String APPLY = "apply --server-side -f -";
    private static final String DIFF = "diff --server-side -f -";

    private Kubectl kubectl;

    @BeforeAll
    void makeANamespace() {
        kubectl = SHARED.kubectl();
        kubectl.run("create namespace ssa");
    }

    private static String service(String name, String ports) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: ssa, labels: {app: %s}}
                spec: {selector: {app: work}, ports: [%s]}
                """.formatted(name, name, ports);
    }

    private String field(String object, String path) {
        return kubectl.run("get " + object + " -n ssa -o jsonpath={" + path + "}");
    }

    private String owned(String name, String manager) {
        return field("svc/" + name, ".metadata.managedFields[?(@.manager==\"" + manager + "\")].fieldsV1");
    }

    private Kubectl.Run call(String input, String line) {
        return kubectl.call(input, List.of(line.split(" ", -1)), List.of());
    }

    @Test
    @DisplayName(
            "makes, leaves and changes an object, shows the difference before, and takes away what is not said any more")
    void alone() {
        String two = service("alone", "{name: a, port: 80}, {name: b, port: 81}");
        assertThat(kubectl.pipe(two, APPLY + " --dry-run=server"))
                .isEqualTo("service/alone serverside-applied (server dry run)\n");
        assertThat(call("", "get svc alone -n ssa").code()).isEqualTo(1);
        assertThat(kubectl.pipe(two, APPLY)).isEqualTo("service/alone serverside-applied\n");
        String version = field("svc/alone", ".metadata.resourceVersion");
        assertThat(kubectl.pipe(two, APPLY)).isEqualTo("service/alone serverside-applied\n");
        assertThat(field("svc/alone", ".metadata.resourceVersion")).isEqualTo(version);
        assertThat(call(two, DIFF).code()).isZero();

        String one = service("alone", "{name: a, port: 80, targetPort: 8080}");
        Kubectl.Run diff = call(one, DIFF);
        assertThat(diff.code()).isEqualTo(1);
        assertThat(diff.out()).contains("-    targetPort: 80\n", "+    targetPort: 8080\n", "-  - name: b\n");
        kubectl.pipe(one, APPLY);
        assertThat(field("svc/alone", ".spec.ports[*].targetPort")).isEqualTo("8080");
        assertThat(call(one, DIFF).code()).isZero();
    }

    @Test
    @DisplayName("is told whose a field is, may force it, and shows the owners where it is asked to")
    void twoManagers() {
        kubectl.pipe(service("two", "{name: a, port: 80, targetPort: 8080}"), APPLY);
        String other = service("two", "{name: a, port: 80, targetPort: 9090}");

        Kubectl.Run refused = call(other, APPLY + " --field-manager=other");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).startsWith("""
                        error: Apply failed with 1 conflict: conflict with "kubectl": \
                        .spec.ports[port=80,protocol="TCP"].targetPort
                        Please review the fields above--they currently have other managers.""");
        assertThat(call(other, DIFF + " --field-manager=other").err())
                .contains("Error from server (Conflict): Apply failed with 1 conflict: conflict with \"kubectl\":"
                        + " .spec.ports[port=80,protocol=\"TCP\"].targetPort");
        assertThat(kubectl.pipe(other, APPLY + " --field-manager=other --force-conflicts"))
                .isEqualTo("service/two serverside-applied\n");
        assertThat(owned("two", "other")).contains("f:targetPort");
        assertThat(owned("two", "kubectl")).contains("f:port").doesNotContain("f:targetPort");

        kubectl.run("label svc two -n ssa x=y");
        assertThat(owned("two", "kubectl-label")).isEqualTo("{\"f:metadata\":{\"f:labels\":{\"f:x\":{}}}}");
        assertThat(kubectl.run("get svc two -n ssa -o yaml")).doesNotContain("managedFields");
        assertThat(kubectl.run("get svc two -n ssa -o yaml --show-managed-fields"))
                .contains(
                        "    manager: other\n    operation: Apply\n",
                        "          k:{\"port\":80,\"protocol\":\"TCP\"}:\n");
    }

    @Test
    @DisplayName("goes on from where its client-side apply was, and back")
    void migration() {
        kubectl.pipe(service("moved", "{name: a, port: 80, targetPort: 8080}, {name: b, port: 81}"), "apply -f -");
        assertThat(field("svc/moved", ".metadata.managedFields")).isEmpty();

        Kubectl.Run applied =
                call(service("moved", "{name: a, port: 80, targetPort: 9090}, {name: b, port: 81}"), APPLY);
        assertThat(applied).isEqualTo(new Kubectl.Run(0, "service/moved serverside-applied\n", ""));
        assertThat(field("svc/moved", ".metadata.managedFields[*].manager")).doesNotContain("before-first-apply");
        kubectl.pipe(service("moved", "{name: a, port: 80, targetPort: 9090}"), APPLY);
        assertThat(field("svc/moved", ".spec.ports[*].name")).isEqualTo("a");
        assertThat(kubectl.run("apply view-last-applied svc/moved -n ssa")).contains("targetPort: 9090");

        assertThat(kubectl.pipe(service("moved", "{name: a, port: 80, targetPort: 7070}"), "apply -f -"))
                .isEqualTo("service/moved configured\n");
        assertThat(owned("moved", "kubectl-client-side-apply")).contains("f:targetPort");
    }

    @Test
    @DisplayName("is told what is wrong with a manifest")
    void faults() {
        assertThat(kubectl.pipeFails(service("wrong", "{name: a, prt: 80}"), APPLY))
                .startsWith("Error from server (BadRequest): failed to create typed patch object (ssa/wrong; /v1,"
                        + " Kind=Service): .spec.ports[0].prt: field not declared in schema");
        Kubectl.Run warned = call(
                service("warned", "{name: a, port: 80}").replace("spec:", "sepc: {a: b}\nspec:"),
                APPLY + " --validate=warn");
        assertThat(warned.out() + warned.err()).endsWith(".sepc: field not declared in schema\n");
        assertThat(kubectl.pipeFails(service("wrong", "{name: a, port: 0, targetPort: 1}"), APPLY))
                .startsWith("The Service \"wrong\" is invalid: spec.ports[0].port: Invalid value: 0:");
    }
}
