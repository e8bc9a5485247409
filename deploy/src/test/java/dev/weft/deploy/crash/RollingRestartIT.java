package dev.weft.deploy.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.deploy.testbed.TestBed;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@DisplayName("Processes that share a store, stopped and started one after the other,")
class RollingRestartIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final TestBed bed = new TestBed();

    @Test
    @DisplayName("lose no write and no change, and nearly every request is carried out")
    void goesOn() throws Exception {
        List<TestServer> servers = bed.sharing(TestStore.database(bed.directory()), 3, "east", "--no-proxy");
        servers.forEach(TestServer::begin);
        servers.forEach(TestServer::awaitReady);
        List<HostPort> addresses = servers.stream().map(TestServer::apiAddress).toList();
        History history = new History();
        List<Writer> writers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        Observer observer = new Observer("observer", addresses, 3, history);
        threads.add(new Thread(observer));
        for (int i = 0; i < 2; i++) {
            writers.add(new Writer("w" + i, addresses, i, history));
        }
        writers.forEach(writer -> threads.add(new Thread(writer)));
        threads.forEach(Thread::start);
        for (TestServer server : servers) {
            int before = history.acknowledged();
            assertThat(server.stop()).isZero();
            Awaitility.await("writes without " + server.name())
                    .atMost(PATIENCE)
                    .until(() -> history.acknowledged() > before + 20);
            server.start();
        }
        writers.forEach(Writer::stop);
        threads.get(1).join();
        threads.get(2).join();
        OneShot.Reply all = OneShot.send(addresses.get(0), "GET", Observer.ALL, null);
        Awaitility.await("the observer has seen all").atMost(PATIENCE).until(() -> observer.upTo() >= all.version());
        observer.stop();
        threads.get(0).join();
        Map<String, Integer> present = new TreeMap<>();
        all.json()
                .path("items")
                .forEach(item -> present.put(
                        item.at("/metadata/name").asText(), item.at("/data/n").asInt()));
        history.check(present);
        List<String> failures =
                writers.stream().flatMap(writer -> writer.failures().stream()).toList();
        System.out.println("rolling restart: " + history.acknowledged() + " writes, " + history.epochs()
                + " lists, requests that failed: " + failures);
        // A few may: a connection that the kernel had taken and nobody accepted, a message on its way to a shard that
        // moves. More would mean that hand-over does not work. On a very slow machine some run out of time.
        assertThat(failures).hasSizeLessThan(10 + history.acknowledged() / 10);
    }
}
