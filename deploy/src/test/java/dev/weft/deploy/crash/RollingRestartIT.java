package dev.weft.deploy.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.History;
import dev.weft.registry.testbed.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Processes that share a store, stopped and started one after the other,")
class RollingRestartIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int WRITERS = 6;
    /** So much is told to each that comes back. */
    private static final int BEFORE = 1_000;

    private static final int BETWEEN_STOPS = 100;

    /**
     * Waits are long, so that a slow machine makes nothing fail; and what would be lost for good would be missed, since
     * nothing is tried again before the test has failed. Queues between processes are short: whoever comes back is sent
     * more than that of what it missed.
     */
    private static final String CONFIG = """
            weft.registry { write-timeout = 45 s, read-timeout = 45 s }
            weft.api.drain-deadline = 20 s
            weft.server.stop-timeout = 60 s
            akka.coordinated-shutdown.phases.service-unbind.timeout = 22 s
            akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = 25 s
            akka.cluster.sharding.handoff-timeout = 10 minutes
            akka.remote.artery.advanced.outbound-message-queue-size = 256
            akka.remote.artery.advanced.outbound-large-message-queue-size = 256
            """;

    private static final int ANSWER_MILLIS = 58_000;

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("lose no write and no change, and carry out every request, whichever of them goes, the oldest, too")
    void goesOn() throws Exception {
        List<TestServer> servers = bed.sharing(
                TestStore.database(bed.directory()), 3, "east", "--no-proxy", "--config", bed.config(CONFIG));
        // The first is the oldest: it coordinates the shards until it goes, then the next one does.
        for (TestServer server : servers) {
            server.start();
        }
        List<HostPort> addresses = servers.stream().map(TestServer::apiAddress).toList();
        List<String> namespaces =
                IntStream.range(0, 2 * WRITERS).mapToObj(i -> "roll-" + i).toList();
        for (String namespace : namespaces) {
            assertThat(OneShot.send(addresses.get(0), "POST", "/api/v1/namespaces", named(namespace), ANSWER_MILLIS)
                            .status())
                    .isEqualTo(201);
        }
        History history = new History();
        List<Writer> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        Observer observer = new Observer("observer", addresses, 3, history);
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer("w" + i, addresses, namespaces, i, history, ANSWER_MILLIS));
        }
        writers.forEach(writer -> threads.add(new Thread(writer)));
        Thread observing = new Thread(observer);
        observing.start();
        threads.forEach(Thread::start);
        awaitWrites(history, BEFORE, "before anything stops");
        for (TestServer server : servers) {
            awaitWrites(history, BETWEEN_STOPS, "before " + server.name() + " stops");
            assertThat(server.stop()).isZero();
            awaitWrites(history, BETWEEN_STOPS, "without " + server.name());
            server.start();
        }
        awaitWrites(history, BETWEEN_STOPS, "with all");
        writers.forEach(Writer::stop);
        for (Thread thread : threads) {
            thread.join();
        }
        OneShot.Reply all = OneShot.send(addresses.get(0), "GET", Observer.ALL, null, ANSWER_MILLIS);
        Awaitility.await("the observer has seen all").atMost(PATIENCE).until(() -> observer.upTo() >= all.version());
        observer.stop();
        observing.join();
        history.check(present(all));
        judge(writers, history, servers.size());
    }

    private static void awaitWrites(History history, int count, String when) {
        int before = history.acknowledged();
        Awaitility.await("writes " + when).atMost(PATIENCE).until(() -> history.acknowledged() > before + count);
    }

    /**
     * Every request that reached a server was answered, and with what it asked for. One that the kernel had taken for a
     * server which went on to stop before it accepted the connection never reached it: a writer makes one at a time.
     */
    private static void judge(List<Writer> writers, History history, int stops) {
        List<String> cut =
                writers.stream().flatMap(writer -> writer.cut().stream()).toList();
        List<String> refused = writers.stream()
                .flatMap(writer -> writer.failures().stream())
                .filter(failure -> !cut.contains(failure))
                .toList();
        System.out.println("rolling restart: " + history.acknowledged() + " writes, " + history.epochs()
                + " lists, connections never accepted: " + cut);
        assertThat(refused).as("requests that were refused or ran out of time").isEmpty();
        assertThat(cut).as("requests without an answer").hasSizeLessThanOrEqualTo(stops * writers.size());
        assertThat(cut).as("requests that nobody answered in time").noneMatch(each -> each.contains("Timeout"));
    }

    private static Map<String, Integer> present(OneShot.Reply all) {
        Map<String, Integer> present = new TreeMap<>();
        all.json()
                .path("items")
                .forEach(item -> present.put(
                        item.at("/metadata/name").asText(), item.at("/data/n").asInt()));
        return present;
    }

    private static JsonNode named(String name) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").put("name", name);
        return object;
    }
}
