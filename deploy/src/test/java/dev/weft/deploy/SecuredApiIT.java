package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weft.api.tls.CertificateAuthority;
import dev.weft.api.tls.KeyMaterial;
import dev.weft.deploy.child.Child;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.Kubectl;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("An API with TLS and roles")
class SecuredApiIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String READINESS = "jsonpath={.endpoints[0].conditions.ready}";
    private static final Duration DAY = Duration.ofDays(1);

    @RegisterExtension
    final TestBed bed = new TestBed();

    /** Not of the cluster, as a company's would be. */
    private final CertificateAuthority company = authority("company");

    private static CertificateAuthority authority(String name) {
        return CertificateAuthority.create(name, InstantSource.system().instant(), DAY, new SecureRandom());
    }

    /** One server for all of it: a start costs more than all the rest. */
    @Test
    @DisplayName("knows its users, gives each what roles give him, takes a new certificate, and shares its keys")
    void isSecured() throws Exception {
        Kubectl.assumeUsable();
        Path tokens = Files.writeString(file("tokens.csv"), "t0ken-of-carl,carl,7,\"qa,devs\"\n");
        TestServer east = bed.server(
                "east",
                "--no-proxy",
                "--no-anonymous",
                "--tls",
                file("serving.crt") + ":" + file("serving.key"),
                "--tokens",
                tokens.toString());
        Path ca = trusting(company);
        serveWith(company, east);
        east.start();
        Kubectl admin = as(east, ca, "--user", "admin");
        users(east, ca, admin);
        roles(east, ca, admin);
        accounts(east, ca, admin);
        node(east, ca, admin);
        commands(east, admin);
        assertThat(inPlainHttp(east)).startsWith("HTTP/1.0 400").contains("HTTP request to an HTTPS server");
        newCertificate(east, admin);
        further(east);
    }

    private void users(TestServer east, Path ca, Kubectl admin) throws Exception {
        assertThat(admin.run("admin@east", "auth", "whoami"))
                .contains("admin", "[system:masters system:authenticated]");
        assertThat(admin.run("admin@east", "auth", "can-i", "*", "*")).contains("yes");
        Kubectl carl = as(east, ca, "--token", "t0ken-of-carl");
        assertThat(carl.run("token@east", "auth", "whoami")).contains("carl", "[qa devs system:authenticated]");
        for (String unknown : List.of("wrong", "ey.ey.ey")) {
            assertThat(as(east, ca, "--token", unknown).fails("token@east", "get", "services"))
                    .contains("You must be logged in to the server");
        }
        Path foreign = trusting(authority("foreign"));
        assertThat(as(east, foreign, "--user", "admin").fails("admin@east", "get", "services"))
                .contains("certificate signed by unknown authority");
    }

    private void roles(TestServer east, Path ca, Kubectl admin) throws Exception {
        Kubectl bob = as(east, ca, "--user", "bob", "--group", "builders");
        assertThat(bob.fails("bob@east", "get", "pods"))
                .contains("pods is forbidden: User \"bob\" cannot list resource \"pods\" in API group \"\" in the"
                        + " namespace \"default\"");
        assertThat(bob.fails("bob@east", "get", "pods", "-w")).contains("pods is forbidden");
        assertThat(bob.fails("bob@east", "get", "--raw", "/apis/apps/v1/deployments?watch=true"))
                .contains("cannot watch resource \"deployments\" in API group \"apps\" at the cluster scope");
        assertThat(bob.fails("bob@east", "auth", "can-i", "list", "pods")).contains("no");
        admin.run("admin@east", "create", "rolebinding", "builders", "--clusterrole=admin", "--group=builders");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bob.run("bob@east", "auth", "can-i", "list", "pods"))
                        .contains("yes"));
        assertThat(bob.run("bob@east", "auth", "can-i", "--list")).contains("rolebindings", "[create delete");
        bob.run("bob@east", "create", "service", "clusterip", "web", "--tcp=80");
        assertThat(bob.fails("bob@east", "get", "services", "-A")).contains("at the cluster scope");
        assertThat(admin.fails("admin@east", "get", "pods", "--as=bob", "--as-group=builders", "-n", "kube-system"))
                .contains("User \"bob\" cannot list");
        assertThat(bob.fails("bob@east", "get", "pods", "--as=admin"))
                .contains("cannot impersonate resource \"users\"");
        escalation(bob);
    }

    /** What he has he may give; no verb and no patch gives more. */
    private static void escalation(Kubectl bob) throws Exception {
        String more = "is attempting to grant RBAC permissions not currently held";
        bob.run("bob@east", "create", "role", "own", "--verb=get", "--resource=pods");
        assertThat(bob.fails("bob@east", "create", "role", "more", "--verb=get", "--resource=nodes"))
                .contains(more, "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\"]}");
        assertThat(bob.fails("bob@east", "create", "rolebinding", "more", "--clusterrole=cluster-admin", "--user=bob"))
                .contains(more);
        bob.run("bob@east", "create", "rolebinding", "own", "--clusterrole=view", "--user=carl");
        for (String type : List.of("merge", "strategic")) {
            String patch = "{\"rules\":[{\"apiGroups\":[\"*\"],\"resources\":[\"*\"],\"verbs\":[\"*\"]}]}";
            assertThat(bob.fails("bob@east", "patch", "role", "own", "--type", type, "-p", patch))
                    .contains(more);
        }
        assertThat(bob.fails(
                        "bob@east",
                        "patch",
                        "role",
                        "own",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"add\",\"path\":\"/rules/0/verbs/-\",\"value\":\"escalate\"}]"))
                .contains(more);
        bob.run(
                "bob@east",
                "patch",
                "role",
                "own",
                "--type=json",
                "-p",
                "[{\"op\":\"add\",\"path\":\"/rules/0/verbs/-\",\"value\":\"list\"}]");
        assertThat(bob.run("bob@east", "get", "role", "own", "-o", "jsonpath={.rules[0].verbs}"))
                .isEqualTo("[\"get\",\"list\"]");
    }

    private void accounts(TestServer east, Path ca, Kubectl admin) throws Exception {
        admin.run("admin@east", "create", "serviceaccount", "robot");
        assertThat(admin.fails("admin@east", "create", "token", "robot", "--duration=5m"))
                .contains("may not specify a duration less than 10 minutes");
        assertThat(admin.fails("admin@east", "create", "token", "nobody")).contains("\"nobody\" not found");
        String elsewhere = admin.run("admin@east", "create", "token", "robot", "--audience=elsewhere")
                .strip();
        assertThat(as(east, ca, "--token", elsewhere).fails("token@east", "auth", "whoami"))
                .contains("You must be logged in to the server");
        Kubectl robot = as(east, ca, "--service-account", "default/robot");
        String context = "default:robot@east";
        assertThat(robot.run(context, "auth", "whoami"))
                .contains("system:serviceaccount:default:robot", "system:serviceaccounts:default");
        assertThat(robot.fails(context, "get", "services")).contains("User \"system:serviceaccount:default:robot\"");
        admin.run("admin@east", "create", "rolebinding", "r", "--clusterrole=view", "--serviceaccount=default:robot");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(robot.run(context, "get", "services")).contains("web"));
        admin.run("admin@east", "delete", "serviceaccount", "robot");
        admin.run("admin@east", "create", "serviceaccount", "robot");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(robot.fails(context, "get", "services"))
                        .as("the account of that name is another one now")
                        .contains("You must be logged in to the server"));
    }

    private void node(TestServer east, Path ca, Kubectl admin) throws Exception {
        Kubectl node = as(east, ca, "--proxy-node", "host-1");
        String context = "weft:proxy-node:host-1@east";
        assertThat(node.run(context, "get", "services", "-A")).contains("web");
        assertThat(node.fails(context, "get", "secrets", "-A")).contains("is forbidden");
        assertThat(node.fails(context, "delete", "service", "web")).contains("is forbidden");
        assertThat(node.fails(context, "get", "secret", "weft-api-keys", "-n", "kube-system"))
                .contains("is forbidden");
        assertThat(node.fails(context, "create", "service", "clusterip", "other", "--tcp=80"))
                .contains("is forbidden");
        assertThat(node.fails(context, "create", "secret", "generic", "other")).contains("is forbidden");
        hasCheckedSlice(admin);
        admin.run("admin@east", "delete", "rolebinding", "weft:proxy-node", "-n", "kube-system");
        Child proxy = bed.command(
                "proxy", "proxy", "--kubeconfig", node.kubeconfig().toString(), "--node", "host-1", "--dns", "off");
        assertThat(proxy.awaitReady(PATIENCE)).contains("api=https://" + east.apiAddress());
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(admin.run("admin@east", "get", "nodes")).containsPattern("host-1 +Ready"));
        assertThat(admin.run("admin@east", "get", "leases", "-n", "kube-node-lease"))
                .contains("host-1");
        String lacks = "cannot get resource \"leases\" in API group \"coordination.k8s.io\"";
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(Files.readString(proxy.log())).contains("are not checked from here", lacks));
        admin.run(
                "admin@east",
                "create",
                "rolebinding",
                "weft:proxy-node",
                "-n",
                "kube-system",
                "--role=weft:proxy-node",
                "--group=weft:proxy-nodes");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(admin.run("admin@east", "get", "endpointslice", "legacy-1", "-o", READINESS))
                                .isEqualTo("false"));
        assertThat(Files.readAllLines(proxy.log()))
                .as("said so once")
                .filteredOn(line -> line.contains(lacks))
                .hasSize(1);
        othersAreNotItsOwn(node, context);
        assertThat(proxy.stop(PATIENCE)).isZero();
        admin.run("admin@east", "delete", "node", "host-1");
    }

    /** Of an endpoint at which nobody listens. */
    private void hasCheckedSlice(Kubectl admin) throws Exception {
        Path objects = Files.writeString(file("legacy.yaml"), """
                apiVersion: v1
                kind: Service
                metadata:
                  name: legacy
                  annotations: {mesh.weft.dev/health-check: tcp, mesh.weft.dev/health-check-interval: 500ms}
                spec: {ports: [{port: 80, targetPort: 9376}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: legacy-1, labels: {kubernetes.io/service-name: legacy}}
                addressType: IPv4
                ports: [{name: "", port: 9376, protocol: TCP}]
                endpoints: [{addresses: [127.138.250.1]}]
                """);
        admin.run("admin@east", "create", "-f", objects.toString());
    }

    /** What a role cannot tell apart, by name and by field. */
    private static void othersAreNotItsOwn(Kubectl node, String context) throws Exception {
        String label = "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}";
        String server = "{\"metadata\":{\"annotations\":{\"mesh.weft.dev/api\":\"https://127.0.0.9:1\"}}}";
        String moved = "{\"endpoints\":[{\"addresses\":[\"127.138.250.2\"]}]}";
        node.run(context, "patch", "node", "host-1", "--type=merge", "-p", label);
        assertThat(node.fails(context, "patch", "node", "east-1", "--type=merge", "-p", label))
                .contains("may write its own Node only");
        assertThat(node.fails(context, "patch", "node", "host-1", "--type=merge", "-p", server))
                .contains("may not write the annotation mesh.weft.dev/api");
        assertThat(node.fails(context, "patch", "endpointslice", "legacy-1", "--type=merge", "-p", moved))
                .contains("may write the conditions of its endpoints only");
    }

    /** Weft's own commands take a kubeconfig as kubectl does, and say what is wrong without one. */
    private void commands(TestServer east, Kubectl admin) throws Exception {
        String kubeconfig = admin.kubeconfig().toString();
        assertThat(Call.weft(List.of("env", "--kubeconfig", kubeconfig)).out()).contains("WEB_SERVICE_PORT=80");
        assertThat(Call.weft(List.of("status", "--kubeconfig", kubeconfig)).out())
                .contains("east");
        assertThat(Call.weft(List.of("federate", "members", "--kubeconfig", kubeconfig))
                        .out())
                .contains("east");
        Call backup = Call.weft(List.of("backup", file("east.backup").toString(), "--kubeconfig", kubeconfig));
        assertThat(backup.code()).as(backup.err()).isZero();
        Child pod = bed.command(
                "pod", "run", "--kubeconfig", kubeconfig, "--name", "pod", "--", "sh", "-c", "echo ready; sleep 600");
        pod.awaitReady(PATIENCE);
        // The command may have said its word before the Pod is told to be running.
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(admin.run("admin@east", "get", "pod", "pod")).containsPattern("pod +1/1 +Running"));
        assertThat(pod.stop(PATIENCE)).isNotZero();
        assertThat(admin.fails("admin@east", "get", "pod", "pod")).contains("not found");
        Call stranger = Call.weft(List.of("env", "--api", "https://" + east.apiAddress()));
        assertThat(stranger.code()).isOne();
        assertThat(stranger.err()).contains("kubeconfig");
        assertThat(Call.weft(List.of("env", "--api", "http://127.0.0.1:1", "--kubeconfig", kubeconfig))
                        .code())
                .isEqualTo(2);
    }

    @SuppressWarnings("AddressSelection") // a literal address has no alternatives
    private static String inPlainHttp(TestServer east) throws IOException {
        try (Socket socket =
                new Socket(east.apiAddress().host(), east.apiAddress().port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write("GET /version HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** From now on another authority's: who trusts the former one only is let down, who trusts the new one is served. */
    private void newCertificate(TestServer east, Kubectl admin) throws Exception {
        CertificateAuthority successor = authority("successor");
        Kubectl next = as(east, trusting(successor), "--user", "admin");
        serveWith(successor, east);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(next.run("admin@east", "get", "services")).contains("web"));
        assertThat(admin.fails("admin@east", "get", "services")).contains("certificate signed by unknown authority");
    }

    /** A process that keeps no data has the keys from the registry: its certificate is of the cluster's own authority. */
    private void further(TestServer east) throws Exception {
        TestServer second = bed.further(east, "east-2", "--no-proxy", "--tls", "auto");
        second.start();
        Path own = east.data().resolve("pki").resolve("ca.crt");
        Kubectl admin = new Kubectl(asked(east, second, own, "--user", "admin"), bed.directory());
        assertThat(admin.run("admin@east", "get", "services")).contains("web");
        Kubectl bob = new Kubectl(asked(east, second, own, "--user", "bob", "--group", "builders"), bed.directory());
        assertThat(bob.run("bob@east", "get", "services")).contains("web");
        assertThat(bob.fails("bob@east", "get", "nodes")).contains("nodes is forbidden");
    }

    private Path file(String name) {
        return bed.directory().resolve(name);
    }

    private Path trusting(CertificateAuthority authority) throws IOException {
        return Files.writeString(
                file(authority.cluster() + ".crt"), authority.material().certificatesPem());
    }

    private void serveWith(CertificateAuthority authority, TestServer east) throws IOException {
        KeyMaterial serving = authority.issueServing(
                List.of("localhost", east.apiAddress().host()),
                InstantSource.system().instant(),
                DAY);
        Files.writeString(file("serving.key"), serving.keyPem());
        Files.writeString(file("serving.crt"), serving.certificatesPem());
    }

    private Kubectl as(TestServer server, Path ca, String... who) throws IOException {
        return new Kubectl(asked(server, server, ca, who), bed.directory());
    }

    private Path asked(TestServer keeper, TestServer server, Path ca, String... who) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                "kubeconfig",
                "--api",
                "https://" + server.apiAddress(),
                "--data",
                keeper.data().toString(),
                "--ca",
                ca.toString()));
        line.addAll(List.of(who));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = WeftCommand.run(new PrintWriter(out), new PrintWriter(err), line.toArray(String[]::new));
        assertThat(code).as(err.toString()).isZero();
        return Files.writeString(Files.createTempFile(bed.directory(), "kubeconfig-", ""), out.toString());
    }
}
