package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.TestServer.Reply;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationView;
import dev.weft.registry.resource.FederatedService;
import dev.weft.registry.resource.FederatedService.Endpoint;
import dev.weft.registry.resource.FederatedService.Export;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@DisplayName("Clusters and federated services")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MeshKindsIT {
    private static final String GROUP = "/apis/mesh.weft.dev/v1alpha1";
    private static final String WEB = GROUP + "/namespaces/default/federatedservices/web";
    private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Instant started = InstantSource.system().instant().truncatedTo(ChronoUnit.SECONDS);
    private TestServer server;

    @BeforeAll
    void start() {
        server = new TestServer("weft.api.mesh.interval = 50 ms");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @BeforeEach
    void healthy() {
        federation().hasMembers(east(), west("Alive", 1));
        federation().exports(web(3));
    }

    private TestFederation federation() {
        return server.inMemory().federation();
    }

    private static ClusterMember east() {
        return new ClusterMember("east", List.of("127.0.0.1:7001"), "Alive", null, 0, null, true);
    }

    private ClusterMember west(String state, int milliseconds) {
        return new ClusterMember(
                "west",
                List.of("127.0.0.1:7002"),
                state,
                Duration.ofMillis(milliseconds),
                0,
                started.minusSeconds(100),
                false,
                state.equals("Alive") ? "Fresh" : "Stale",
                state.equals("Alive") ? Duration.ZERO : Duration.ofSeconds(100),
                null,
                false,
                "00ff");
    }

    private FederatedService web(int endpoints) {
        List<Endpoint> few = IntStream.range(0, endpoints)
                .mapToObj(i -> new Endpoint("10.0." + i / 250 + "." + i % 250, i != 0, true, false, "n1", ""))
                .toList();
        return new FederatedService(
                "default",
                "web",
                List.of(
                        new Export(
                                "east", started.minusSeconds(50), false, "ClusterSetIP", List.of("http 81/TCP"), few),
                        new Export(
                                "west",
                                started.minusSeconds(60),
                                true,
                                "ClusterSetIP",
                                List.of("http 80/TCP"),
                                few.subList(0, 1))),
                List.of("http 80/TCP"),
                "PortConflict",
                List.of("Cluster east has ports ..."));
    }

    @Test
    @DisplayName("say who offers what, where, how fresh, and who decides")
    void object() {
        Reply web = server.get(WEB);
        assertThat(web.status()).as(web.text()).isEqualTo(200);
        assertThat(web.at("/apiVersion")).isEqualTo("mesh.weft.dev/v1alpha1");
        assertThat(web.at("/status/decision/cluster")).isEqualTo("west");
        assertThat(web.at("/status/decision/reason")).startsWith("It is the oldest export, of ");
        assertThat(web.at("/status/conflict/reason")).isEqualTo("PortConflict");
        assertThat(web.at("/status/exports/0/endpoints/2/address")).isEqualTo("10.0.0.2");
        assertThat(web.at("/status/endpoints")).isEqualTo("4");
        assertThat(web.at("/status/readyEndpoints")).isEqualTo("2");
        assertThat(cells("/federatedservices", 0).toString())
                .startsWith(
                        "[\"web\",\"ClusterSetIP\",\"http 80/TCP\",\"east=2/3,west=0/1\",\"Fresh\",\"west\",\"PortConflict\"");
        federation().hasMembers(east(), west("Unreachable", 1));
        assertThat(server.get(WEB).at("/status/exports/1/staleSince"))
                .isEqualTo(started.minusSeconds(100).toString());
        assertThat(cells("/federatedservices", 0).path(4).asText()).startsWith("west stale for ");
        assertThat(cells("/clusters", 1).toString()).contains("\"Stale\"");
        assertThat(cells("/clusters", 0).path(4).asText()).isEqualTo("<self>");
        assertThat(cells("/clusters", 0).path(6).asText()).as("STALE-FOR").isEqualTo("<none>");
        assertThat(cells("/clusters", 1).path(6).asText()).as("STALE-FOR").matches("[0-9][0-9hms]*");
        assertThat(cells("/clusters", 1).path(8).asText()).as("the digest").isEqualTo("00ff");
    }

    @Test
    @DisplayName("tell which tokens somebody could use, without what makes them tokens, and take one back")
    void tokens() {
        Instant expires = Instant.parse("2026-11-22T08:00:00Z");
        federation().hasTokens(new FederationView.OpenToken("0a1b2c3d4e5f", expires));
        Reply open = server.post(GROUP + "/invitationreviews", review("InvitationReview", "{}"));
        assertThat(open.status()).as(open.text()).isEqualTo(201);
        assertThat(open.at("/status/invitations/0/id")).isEqualTo("0a1b2c3d4e5f");
        assertThat(open.at("/status/invitations/0/expires")).isEqualTo("2026-11-22T08:00:00Z");
        Reply nothing = server.post(GROUP + "/revocations", review("Revocation", "{}"));
        assertThat(nothing.status()).isEqualTo(400);
        assertThat(nothing.at("/message")).contains("spec.id: missing");
        Reply other = server.post(GROUP + "/revocations", review("Revocation", "{\"id\":\"other\"}"));
        assertThat(other.status()).as(other.text()).isEqualTo(409);
        Reply revoked = server.post(GROUP + "/revocations", review("Revocation", "{\"id\":\"0a1b2c3d4e5f\"}"));
        assertThat(revoked.status()).as(revoked.text()).isEqualTo(201);
        assertThat(server.post(GROUP + "/invitationreviews", review("InvitationReview", "{}"))
                        .json()
                        .at("/status/invitations"))
                .isEmpty();
    }

    private static String review(String kind, String spec) {
        return "{\"apiVersion\":\"mesh.weft.dev/v1alpha1\",\"kind\":\"" + kind + "\",\"spec\":" + spec + "}";
    }

    private JsonNode cells(String path, int row) {
        return server.get(GROUP + path, TABLE).json().at("/rows/" + row + "/cells");
    }

    @Test
    @DisplayName("of many endpoints show so many that no object outgrows its bound, and count the rest")
    void large() {
        federation().exports(web(2_500));
        Reply web = server.get(WEB);
        assertThat(web.json().at("/status/exports/0/endpoints")).hasSize(1_000);
        assertThat(web.at("/status/exports/0/endpointsOmitted")).isEqualTo("1500");
        assertThat(cells("/federatedservices", 0).path(3).asText()).startsWith("east=2499/2500,");
    }

    @Test
    @DisplayName("keep their version while only figures change, and can be watched from it")
    void watched() throws Exception {
        String version = server.get(GROUP + "/clusters").at("/metadata/resourceVersion");
        federation().hasMembers(east(), west("Alive", 2));
        Reply again = server.get(GROUP + "/clusters");
        assertThat(again.at("/metadata/resourceVersion")).isEqualTo(version);
        assertThat(again.at("/items/1/status/roundTrip")).isEqualTo("2.0ms");
        federation().hasMembers(east(), west("Suspect", 2));
        try (BufferedReader lines = watch("/clusters?watch=true&resourceVersion=" + version)) {
            assertThat(lines.readLine())
                    .startsWith("{\"type\":\"MODIFIED\"")
                    .contains("\"name\":\"west\"", "\"state\":\"Suspect\"");
        }
        assertThat(server.get(GROUP + "/clusters?watch=true&timeoutSeconds=5&resourceVersion=77")
                        .at("/object/reason"))
                .isEqualTo("Expired");
    }

    private BufferedReader watch(String path) {
        var response = server.client
                .sendAsync(
                        server.request(GROUP + path).GET().build(),
                        java.net.http.HttpResponse.BodyHandlers.ofInputStream())
                .join();
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    @Test
    @DisplayName("tell a watch of what comes, changes and goes")
    void followed() throws IOException {
        federation().exports();
        List<String> types = new ArrayList<>();
        try (BufferedReader lines = watch("/namespaces/default/federatedservices?watch=true&sendInitialEvents=true"
                + "&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan")) {
            types.add(lines.readLine().split("\"", 5)[3]);
            federation().exports(web(3));
            types.add(lines.readLine().split("\"", 5)[3]);
            federation().exports(web(4));
            types.add(lines.readLine().split("\"", 5)[3]);
            federation().exports();
            types.add(lines.readLine().split("\"", 5)[3]);
        }
        assertThat(types).containsExactly("BOOKMARK", "ADDED", "MODIFIED", "DELETED");
        await().atMost(PATIENCE).until(() -> server.server.openWatches() == 0);
    }

    @Test
    @DisplayName("are told by discovery and described, and cannot be written")
    void described() {
        assertThat(server.get(GROUP).json().at("/resources").findValuesAsText("name"))
                .contains("clusters", "federatedservices");
        assertThat(server.get("/openapi/v3/apis/mesh.weft.dev/v1alpha1").text())
                .contains("staleSince", "readyEndpoints");
        assertThat(server.delete(WEB, "").status()).isEqualTo(405);
        assertThat(server.post(GROUP + "/clusters", "{}").status()).isEqualTo(405);
        assertThat(server.get(GROUP + "/clusters/south").at("/message"))
                .isEqualTo("clusters.mesh.weft.dev \"south\" not found");
        assertThat(server.get(GROUP + "/namespaces/other/federatedservices")
                        .json()
                        .at("/items"))
                .isEmpty();
    }
}
