package dev.weft.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The informers of both Java clients, through everything that happens to a watch. */
@DisplayName("Informers of the fabric8 and the official Java client")
class InformersIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public");
    /** So few changes are kept that a reader who was away for a moment finds none of them. */
    private static final String SHORT_MEMORY =
            "weft.registry.watch { shard-history = 4, merged-history = 4 }, weft.registry.shard.recent-changes = 4";

    /** Changes ConfigMaps at random. */
    private static final class Churn {
        private final Random random;

        private Churn(long seed) {
            System.out.println("churn with seed " + seed);
            random = new Random(seed);
        }

        private void run(TestServer server, int changes) {
            for (int i = 0; i < changes; i++) {
                String namespace = "/api/v1/namespaces/" + NAMESPACES.get(random.nextInt(NAMESPACES.size()));
                String name = "c" + random.nextInt(12);
                String body = "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"i\":\"" + i + "\"}}";
                int status = switch (random.nextInt(4)) {
                    case 0 ->
                        server.delete(namespace + "/configmaps/" + name, "").status();
                    case 1 -> server.post(namespace + "/configmaps", body).status();
                    default ->
                        server.patch(
                                        namespace + "/configmaps/" + name,
                                        "application/merge-patch+json",
                                        "{\"data\":{\"i\":\"" + random.nextInt() + "\"}}")
                                .status();
                };
                assertThat(status).isIn(200, 201, 404, 409);
            }
        }
    }

    private static Map<String, String> truth(TestServer server) {
        Map<String, String> all = new TreeMap<>();
        for (JsonNode item : server.get("/api/v1/configmaps").json().path("items")) {
            JsonNode metadata = item.path("metadata");
            all.put(
                    metadata.path("namespace").asText() + "/"
                            + metadata.path("name").asText(),
                    metadata.path("resourceVersion").asText());
        }
        return all;
    }

    private static void inStep(TestServer server, ObservedConfigMaps... informers) {
        Map<String, String> truth = truth(server);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            for (ObservedConfigMaps informer : informers) {
                informer.believes(truth);
            }
        });
    }

    @Test
    @DisplayName("stay in step under churn, cut connections, a restart, and changes that they cannot catch up with")
    void stayInStep(@TempDir Path directory) {
        Churn churn = new Churn(20261121);
        try (RestartableServer server = new RestartableServer(directory, SHORT_MEMORY);
                CutRelay relay = new CutRelay(server.now().server.address().getPort());
                ObservedConfigMaps fabric = ObservedConfigMaps.fabric(relay.url());
                ObservedConfigMaps official = ObservedConfigMaps.official(relay.url())) {
            churn.run(server.now(), 300);
            inStep(server.now(), fabric, official);
            for (int round = 0; round < 2; round++) {
                relay.cut();
                churn.run(server.now(), 60);
                // What both have seen last is forgotten: they cannot but list again.
                isForgotten(server.now(), fabric.version());
                isForgotten(server.now(), official.version());
                relay.mend();
                churn.run(server.now(), 30);
                inStep(server.now(), fabric, official);
            }
            server.restart(() -> {});
            churn.run(server.now(), 100);
            inStep(server.now(), fabric, official);
        }
    }

    private static void isForgotten(TestServer server, String version) {
        assertThat(server.get("/api/v1/configmaps?watch=true&timeoutSeconds=5&resourceVersion=" + version)
                        .text())
                .contains("\"type\":\"ERROR\"", "\"reason\":\"Expired\"", "\"code\":410");
    }

    @Test
    @DisplayName("resume without a list where the server remembers")
    void resume(@TempDir Path directory) {
        Churn churn = new Churn(7);
        try (RestartableServer server =
                        new RestartableServer(directory, "weft.api.watch { shortest = 1 s, longest = 1 s }");
                ObservedConfigMaps fabric = ObservedConfigMaps.fabric(server.url());
                ObservedConfigMaps official = ObservedConfigMaps.official(server.url())) {
            inStep(server.now(), fabric, official);
            // The server ends each watch after a second; some ends fall into this.
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> {
                        churn.run(server.now(), 20);
                        return counted(server.now(), "watch") >= 8;
                    });
            inStep(server.now(), fabric, official);
        }
    }

    private static long counted(TestServer server, String verb) {
        return server.get("/metrics")
                .text()
                .lines()
                .filter(line -> line.startsWith("apiserver_request_total{verb=\""
                        + verb.toUpperCase(java.util.Locale.ROOT) + "\",group=\"\",resource=\"configmaps\""))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    @DisplayName("may begin with a watch-list: what is there, the mark that this was all, then what comes")
    void watchList(@TempDir Path directory) {
        try (TestServer server = new TestServer(new RealBacking(directory, ""));
                KubernetesClient client = ObservedConfigMaps.fabricClient(server.url())) {
            new Churn(3).run(server, 40);
            Map<String, String> truth = truth(server);
            ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
            try (Watch watch = client.configMaps()
                    .inAnyNamespace()
                    .watch(
                            new ListOptionsBuilder()
                                    .withSendInitialEvents(true)
                                    .withResourceVersionMatch("NotOlderThan")
                                    .withAllowWatchBookmarks(true)
                                    .build(),
                            new Noting(heard))) {
                Awaitility.await().atMost(PATIENCE).until(() -> heard.contains("BOOKMARK end"));
                assertThat(heard.stream().filter(line -> !line.startsWith("BOOKMARK")))
                        .containsExactlyInAnyOrderElementsOf(truth.keySet().stream()
                                .map(key -> "ADDED " + key)
                                .toList());
                server.post("/api/v1/namespaces/default/configmaps", "{\"metadata\":{\"name\":\"late\"}}");
                Awaitility.await().atMost(PATIENCE).until(() -> heard.contains("ADDED default/late"));
            }
        }
    }

    /** Writes down what a watcher hears. */
    private record Noting(ConcurrentLinkedQueue<String> heard) implements Watcher<ConfigMap> {
        @Override
        public void eventReceived(Action action, ConfigMap object) {
            boolean end = object.getMetadata().getAnnotations() != null
                    && object.getMetadata().getAnnotations().containsKey("k8s.io/initial-events-end");
            heard.add(
                    action == Action.BOOKMARK
                            ? "BOOKMARK" + (end ? " end" : "")
                            : action + " " + object.getMetadata().getNamespace() + "/"
                                    + object.getMetadata().getName());
        }

        @Override
        public void onClose(WatcherException cause) {
            heard.add("closed: " + cause.getMessage());
        }
    }
}
