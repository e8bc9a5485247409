package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestDns;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.registry.testbed.TestStore;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

@ExtendWith(PatientWaiting.class)
@DisplayName("Processes that find their cluster by a DNS name")
class BootstrapIT {
    private static final String SERVICES = "/api/v1/namespaces/default/services";

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
        int port = bed.free().port();
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
        int port = bed.free().port();
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
