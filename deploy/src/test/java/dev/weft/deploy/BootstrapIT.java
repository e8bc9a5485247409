package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.TestAuthority;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestDns;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.registry.testbed.TestStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

@ExtendWith(PatientWaiting.class)
@DisplayName("Processes that find their cluster by a DNS name or in Kubernetes")
class BootstrapIT {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String PODS = "/api/v1/namespaces/default/pods";

    @RegisterExtension
    final TestBed bed = new TestBed();

    private final TestDns dns = new TestDns();

    @AfterEach
    void endDns() {
        dns.close();
    }

    @Test
    @DisplayName("join the one that keeps the data, and begin none while it is not there")
    void joinTheKeeper() {
        int port = bed.sharedPort();
        TestServer keeper = bed.server("east", "--no-proxy");
        keeper.arguments(List.of("--no-proxy", "--management", keeper.host() + ":" + port));
        String config = config("weft.server.start-timeout = 5 s");
        TestServer early = seeking(keeper, "east-early", port, config);
        dns.answer(List.of(keeper.host(), early.host()));
        early.begin();
        Awaitility.await("it gives up").until(() -> !early.running().isAlive());
        assertThat(early.running().tail()).contains("the registry was not ready", "--bootstrap");

        keeper.start();
        TestServer second = seeking(keeper, "east-2", port, config("weft.server.start-timeout = 60 s"));
        TestServer third = seeking(
                keeper, "east-3", port, bed.directory().resolve("test.conf").toString());
        dns.answer(List.of(keeper.host(), early.host(), second.host(), third.host()));
        second.begin();
        third.start();
        second.awaitReady();
        serveAlike(List.of(keeper, second, third));
    }

    @Test
    @DisplayName("and share a database form one cluster, though all begin at once")
    void shareAStore() {
        int port = bed.sharedPort();
        List<TestServer> servers = bed.sharing(TestStore.database(bed.directory()), 3, "east", "--no-proxy");
        String config = config("");
        for (TestServer server : servers) {
            List<String> arguments = new ArrayList<>(server.arguments());
            arguments.addAll(seekingFlags(server, port, config));
            server.arguments(arguments);
        }
        dns.answer(servers.stream().map(TestServer::host).toList());
        servers.forEach(TestServer::begin);
        servers.forEach(TestServer::awaitReady);
        serveAlike(servers);
    }

    @Test
    @DisplayName("join the one whose Pod Kubernetes lists, as one that is not running or has other labels is not asked")
    void inKubernetes() throws Exception {
        int port = bed.sharedPort();
        TestServer kubernetes = bed.server("kubernetes", "--no-proxy").start();
        TestServer keeper = bed.server("east", "--no-proxy");
        keeper.arguments(List.of("--no-proxy", "--management", keeper.host() + ":" + port));
        pod(kubernetes, "keeper", "east", "Running", keeper.host(), port);
        pod(kubernetes, "over", "east", "Succeeded", bed.free().host(), port);
        pod(kubernetes, "other", "west", "Running", bed.free().host(), port);
        assertThat(kubernetes.stop()).isZero();
        TestAuthority.Keys keys =
                new TestAuthority(bed.directory().resolve("keys"), "kubernetes").issue("api", "api", kubernetes.host());
        Path token = Files.writeString(bed.directory().resolve("token"), "t0ken-of-a-pod");
        Path tokens = Files.writeString(bed.directory().resolve("tokens"), "t0ken-of-a-pod,pod,1,\"system:masters\"\n");
        kubernetes.arguments(
                List.of("--no-proxy", "--tls", keys.certificate() + ":" + keys.key(), "--tokens", tokens.toString()));
        kubernetes.start();
        keeper.start();

        bed.environment(Map.of(
                "KUBERNETES_SERVICE_HOST", kubernetes.host(),
                "KUBERNETES_SERVICE_PORT",
                        Integer.toString(kubernetes.apiAddress().port())));
        TestServer second = bed.seeking(keeper, "east-2");
        second.arguments(List.of(
                "--no-proxy",
                "--management",
                second.host() + ":" + port,
                "--bootstrap",
                "kubernetes:app=weft,cluster=east",
                "--config",
                bed.config("weft.server.start-timeout = 60 s\nakka.discovery.kubernetes-api { api-ca-path = \""
                        + keys.authority() + "\", api-token-path = \"" + token + "\", pod-namespace = default }")));
        second.start();
        serveAlike(List.of(keeper, second));
    }

    @Test
    @DisplayName("outside of a Pod end at once, with what is missing there")
    void outsideOfAPod() {
        TestServer outside = bed.server("east", "--no-proxy");
        outside.arguments(
                List.of("--management", outside.host() + ":" + bed.sharedPort(), "--bootstrap", "kubernetes"));
        outside.begin();
        Awaitility.await().until(() -> !outside.running().isAlive());
        assertThat(outside.running().tail()).contains("--bootstrap kubernetes: there is no readable ", "--seed");
    }

    private static void pod(
            TestServer kubernetes, String name, String cluster, String phase, String address, int port) {
        ObjectNode pod = JsonNodeFactory.instance.objectNode();
        pod.put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata").put("name", name);
        metadata.putObject("labels").put("app", "weft").put("cluster", cluster);
        ObjectNode container = pod.putObject("spec").putArray("containers").addObject();
        container.put("name", "weft").put("image", "weft");
        container.putArray("ports").addObject().put("name", "management").put("containerPort", port);
        kubernetes.api().accepted("POST", kubernetes.api().create(PODS, pod));
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.putObject("status").put("phase", phase).put("podIP", address);
        kubernetes.api().accepted("PATCH", kubernetes.api().mergePatch(PODS + "/" + name + "/status", change));
    }

    private TestServer seeking(TestServer keeper, String name, int port, String config) {
        TestServer server = bed.seeking(keeper, name, "--no-proxy");
        List<String> arguments = new ArrayList<>(List.of("--no-proxy"));
        arguments.addAll(seekingFlags(server, port, config));
        server.arguments(arguments);
        return server;
    }

    private static List<String> seekingFlags(TestServer server, int port, String config) {
        return List.of("--management", server.host() + ":" + port, "--bootstrap", "dns:weft.test", "--config", config);
    }

    private String config(String more) {
        return bed.config("akka.io.dns.async-dns.nameservers = [\"" + dns.address() + "\"]\n" + more);
    }

    /** What is written through one is read through all: there is one cluster. */
    private static void serveAlike(List<TestServer> servers) {
        for (TestServer writer : servers) {
            String name = "by-" + writer.name();
            writer.api().accepted("POST", writer.api().create(SERVICES, Manifests.service(name, "any", 8080, 9376)));
            for (TestServer reader : servers) {
                assertThat(reader.api()
                                .require(SERVICES + "/" + name)
                                .at("/metadata/name")
                                .asText())
                        .isEqualTo(name);
            }
        }
        assertThat(servers.get(0).api().require("/api/v1/nodes").path("items")).hasSize(servers.size());
    }
}
