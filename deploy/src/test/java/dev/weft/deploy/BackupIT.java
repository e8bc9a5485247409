package dev.weft.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.testbed.Call;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.testbed.PostgresServer;
import dev.weft.registry.testbed.TestStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("A backup")
class BackupIT {
    private static final String SERVICES = "/api/v1/namespaces/default/services";
    private static final String MAPS = "/api/v1/namespaces/%s/configmaps";

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("gives back every object with its identity and version, to either store, and watches begin anew")
    void givesBack() throws Exception {
        TestServer server = bed.server("east", "--no-proxy");
        server.start();
        for (String namespace : List.of("default", "kube-system", "kube-public")) {
            for (int i = 0; i < 200; i++) {
                make(server, MAPS.formatted(namespace), map("c-" + i));
            }
        }
        make(server, SERVICES, Manifests.service("web", "any", 8080, 9376));
        Map<String, String> before = present(server);
        Path file = bed.directory().resolve("east.backup");
        Call saved = weft("backup", file.toString(), "--api", server.apiUrl().toString());
        assertThat(saved.code()).as(saved.err()).isZero();
        assertThat(saved.out()).startsWith("saved ").contains("east");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        // What happens afterwards is not in it: whoever watched it must hear that it is gone.
        long later = make(server, MAPS.formatted("default"), map("later"));
        assertThat(server.stop()).isZero();

        Call full = weft("restore", file.toString(), "--data", server.data().toString());
        assertThat(full.code()).isOne();
        assertThat(full.err()).contains("not empty");
        Files.move(server.data(), bed.directory().resolve("old-data"));
        refusesDamaged(file, server.data());

        Call restored = weft("restore", file.toString(), "--data", server.data().toString());
        assertThat(restored.code()).as(restored.err()).isZero();
        server.start();
        isBack(server, before, later);
        assertThat(server.stop()).isZero();

        StoreAddress database = TestStore.database(bed.directory());
        Path secret = Files.writeString(bed.directory().resolve("secret"), PostgresServer.PASSWORD);
        String[] into = {
            "restore", file.toString(), "--store", database.toString(), "--store-password-file", secret.toString()
        };
        Call shared = weft(into);
        assertThat(shared.code()).as(shared.err()).isZero();
        assertThat(shared.out() + shared.err()).doesNotContain(PostgresServer.PASSWORD);
        TestServer sharing = bed.sharing(database, 1, "east", "--no-proxy").get(0);
        sharing.start();
        isBack(sharing, before, later);
        Call again = weft(into);
        assertThat(again.code()).isOne();
        assertThat(again.err()).contains("not empty").doesNotContain(PostgresServer.PASSWORD);
    }

    private static void refusesDamaged(Path file, Path data) throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.remove(lines.size() / 2);
        Path damaged = Files.write(file.resolveSibling("damaged"), lines);
        Call refused = weft("restore", damaged.toString(), "--data", data.toString());
        assertThat(refused.code()).isOne();
        assertThat(refused.err()).contains("damaged").contains("checksum");
        lines.remove(lines.size() - 1);
        Files.write(damaged, lines);
        assertThat(weft("restore", damaged.toString(), "--data", data.toString())
                        .err())
                .contains("its end is missing");
        assertThat(data).doesNotExist();
    }

    private static void isBack(TestServer server, Map<String, String> before, long later) throws Exception {
        assertThat(present(server)).containsAllEntriesOf(before).doesNotContainKey("configmaps default/later");
        assertThat(make(server, MAPS.formatted("default"), map("newer"))).isGreaterThan(later);
        assertThat(server.api()
                        .get(MAPS.formatted("default") + "?watch=1&timeoutSeconds=1&resourceVersion=" + later)
                        .text())
                .contains("410");
        // Its address is still taken.
        String taken =
                server.api().require(SERVICES + "/web").at("/spec/clusterIP").asText();
        ObjectNode wish = Manifests.service("greedy", "any", 8080, 9376);
        wish.withObjectProperty("spec").put("clusterIP", taken);
        assertThat(server.api().create(SERVICES, wish).status()).isEqualTo(422);
    }

    /** Identity and version of each object that does not change by itself. */
    private static Map<String, String> present(TestServer server) {
        Map<String, String> present = new TreeMap<>();
        for (String resource : List.of("configmaps", "services", "namespaces")) {
            for (JsonNode item : server.api().require("/api/v1/" + resource).path("items")) {
                JsonNode metadata = item.path("metadata");
                present.put(
                        resource + " " + metadata.path("namespace").asText() + "/"
                                + metadata.path("name").asText(),
                        item.toString());
            }
        }
        return present;
    }

    private static long make(TestServer server, String path, ObjectNode object) {
        return server.api()
                .accepted("POST " + path, server.api().create(path, object))
                .json()
                .at("/metadata/resourceVersion")
                .asLong();
    }

    private static ObjectNode map(String name) {
        ObjectNode map = JsonNodeFactory.instance.objectNode();
        map.put("apiVersion", "v1").put("kind", "ConfigMap");
        map.putObject("metadata").put("name", name);
        map.putObject("data").put("key", "value");
        return map;
    }

    private static Call weft(String... arguments) throws Exception {
        return Call.weft(List.of(arguments));
    }
}
