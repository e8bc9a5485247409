package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("Addresses and ports")
@ParameterizedClass
@EnumSource(TestStore.class)
class ClaimsTest {
    private static final String PORTS = "\"spec\":{\"ports\":[{\"port\":80}]}";

    @Parameter
    private TestStore store = TestStore.EMBEDDED;

    @TempDir
    private Path directory;

    private static Write creation(String namespace, String name, String more) {
        return RunningRegistry.create(SERVICES, "Service", namespace, name, more, Write.Options.DEFAULT);
    }

    private static JsonNode spec(Outcome outcome) {
        return ((Outcome.Done) outcome).object().json().toTree().path("spec");
    }

    /** What is shown of the grants of addresses. */
    private static List<String> held(RunningRegistry registry) {
        return RegistryNodeTest.list(registry, Collection.everywhere(Placement.ADDRESSES)).items().stream()
                .map(address -> address.key().name())
                .toList();
    }

    @Test
    @DisplayName("are unique under a hundred creations at once, wishes among them, and free again after deletion")
    void contention() {
        try (RunningRegistry registry = RunningRegistry.withStorage(store, directory)) {
            for (int i = 0; i < 4; i++) {
                registry.create(Placement.NAMESPACES, "Namespace", "", "n" + i, "");
            }
            List<CompletableFuture<Outcome>> writes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String wish = i % 10 == 0 ? "\"clusterIP\":\"127.96.0.9\"," : "";
                String spec = "\"spec\":{" + wish + "\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}";
                writes.add(registry.node()
                        .write(creation("n" + i % 4, "s" + i, spec))
                        .toCompletableFuture());
            }
            List<Outcome.Done> done = new ArrayList<>();
            List<Refusal> refused = new ArrayList<>();
            for (CompletableFuture<Outcome> write : writes) {
                if (write.join() instanceof Outcome.Done created) {
                    done.add(created);
                } else {
                    refused.add(((Outcome.Refused) write.join()).refusal());
                }
            }
            assertThat(refused).hasSize(9).allSatisfy(refusal -> {
                assertThat(refusal.reason()).isEqualTo(Refusal.Reason.Invalid);
                assertThat(refusal.message()).contains("127.96.0.9").contains("already allocated");
            });
            Set<String> held = new HashSet<>();
            done.forEach(created -> {
                assertThat(held.add(spec(created).path("clusterIP").asText())).isTrue();
                assertThat(held.add(spec(created)
                                .path("ports")
                                .path(0)
                                .path("nodePort")
                                .asText()))
                        .isTrue();
            });
            assertThat(held(registry)).hasSize(91);
            done.forEach(created -> registry.write(
                    new Write.Delete(created.object().key(), Write.Deletion.DEFAULT, Write.Options.DEFAULT)));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(held(registry)).isEmpty());
            assertThat(registry.write(creation(
                            "n0", "again", "\"spec\":{\"clusterIP\":\"127.96.0.9\",\"ports\":[{\"port\":80}]}")))
                    .isInstanceOf(Outcome.Done.class);
        }
    }

    @Test
    @DisplayName("that were claimed and never used are freed after a while, also over a restart; those in use stay")
    void repair() {
        String wish = "127.96.0.77";
        Claim claim =
                new Claim("service-ipv4", wish, new ResourceKey(SERVICES, "default", "never"), "spec.clusterIPs[0]");
        String kept;
        try (RunningRegistry registry = RunningRegistry.withStorage(store, directory)) {
            kept = spec(registry.write(creation("default", "kept", PORTS)))
                    .path("clusterIP")
                    .asText();
            // A front door that claims, and dies before it writes.
            registry.node()
                    .tell(
                            registry.node().placement().allocationShard(),
                            new ShardCommand.Allocate(
                                    List.of(claim), 0, false, registry.system().ignoreRef()));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(held(registry)).contains(wish));
            Outcome taken = registry.write(creation(
                    "default", "early", "\"spec\":{\"clusterIP\":\"" + wish + "\",\"ports\":[{\"port\":80}]}"));
            assertThat(taken).isInstanceOf(Outcome.Refused.class);
        }
        try (RunningRegistry registry =
                RunningRegistry.with(store, directory, "claim-repair = 200 ms, claim-repair-rest = 1")) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(held(registry)).containsExactly(kept));
            assertThat(registry.write(creation(
                            "default", "late", "\"spec\":{\"clusterIP\":\"" + wish + "\",\"ports\":[{\"port\":80}]}")))
                    .isInstanceOf(Outcome.Done.class);
        }
    }

    @Test
    @DisplayName("that an update leaves unused are free at once, not only after a repair")
    void update() {
        try (RunningRegistry registry = RunningRegistry.with(store, directory, "claim-repair = 1 h")) {
            String local = "\"spec\":{\"type\":\"LoadBalancer\",\"externalTrafficPolicy\":\"Local\","
                    + "\"clusterIP\":\"127.96.0.9\",\"healthCheckNodePort\":30072,"
                    + "\"ports\":[{\"port\":80,\"nodePort\":30070}]}";
            Outcome.Done made = (Outcome.Done) registry.write(creation("default", "one", local));

            patch(registry, made, "{\"externalTrafficPolicy\":\"Cluster\"}");
            free(registry, nodePort("a", 30072));
            patch(registry, made, "{\"ports\":[{\"port\":80,\"nodePort\":30071}]}");
            free(registry, nodePort("b", 30070));
            patch(registry, made, "{\"type\":\"ClusterIP\"}");
            free(registry, nodePort("c", 30071));
            patch(registry, made, "{\"type\":\"ExternalName\",\"externalName\":\"db.example\"}");
            free(
                    registry,
                    creation("default", "d", "\"spec\":{\"clusterIP\":\"127.96.0.9\",\"ports\":[{\"port\":80}]}"));
        }
    }

    @Test
    @DisplayName("of a node are one Service's whatever the protocol, and one number for the protocols of a port")
    void protocols() {
        try (RunningRegistry registry = RunningRegistry.withStorage(store, directory)) {
            JsonNode ports = spec(registry.write(creation(
                            "default",
                            "dns",
                            "\"spec\":{\"type\":\"NodePort\",\"ports\":["
                                    + "{\"name\":\"u\",\"port\":53,\"protocol\":\"UDP\"},"
                                    + "{\"name\":\"t\",\"port\":53,\"protocol\":\"TCP\"},"
                                    + "{\"name\":\"x\",\"port\":54}]}")))
                    .path("ports");
            int number = ports.path(0).path("nodePort").asInt();
            assertThat(number)
                    .isPositive()
                    .isEqualTo(ports.path(1).path("nodePort").asInt());
            assertThat(ports.path(2).path("nodePort").asInt()).isPositive().isNotEqualTo(number);
            Write other = creation(
                    "default",
                    "other",
                    "\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"protocol\":\"SCTP\",\"nodePort\":"
                            + number + "}]}");
            assertThat(registry.write(other)).isInstanceOf(Outcome.Refused.class);
            Outcome.Done dns = (Outcome.Done) registry.write(new Write.Patch(
                    new ResourceKey(SERVICES, "default", "dns"),
                    "",
                    Write.PatchType.MERGE_PATCH,
                    new Write.PatchBody(
                            json("{\"spec\":{\"ports\":[{\"port\":53,\"protocol\":\"UDP\",\"nodePort\":" + number
                                    + "}]}}"),
                            false),
                    Write.Options.DEFAULT));
            // Its TCP is gone, but UDP has the number yet.
            free(registry, nodePort("third", ports.path(2).path("nodePort").asInt()));
            assertThat(registry.write(other)).isInstanceOf(Outcome.Refused.class);
            patch(registry, dns, "{\"type\":\"ClusterIP\"}");
            free(registry, other);
        }
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private static Write nodePort(String name, int port) {
        return creation(
                "default",
                name,
                "\"spec\":{\"type\":\"NodePort\",\"ports\":[{\"port\":80,\"nodePort\":" + port + "}]}");
    }

    private static void patch(RunningRegistry registry, Outcome.Done made, String spec) {
        JsonNode body = json("{\"spec\":" + spec + "}");
        assertThat(registry.write(new Write.Patch(
                        made.object().key(),
                        "",
                        Write.PatchType.MERGE_PATCH,
                        new Write.PatchBody(body, false),
                        Write.Options.DEFAULT)))
                .isInstanceOf(Outcome.Done.class);
    }

    private static void free(RunningRegistry registry, Write creation) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(registry.write(creation)).isInstanceOf(Outcome.Done.class));
    }
}
