package dev.weft.deploy.crash;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import dev.weft.registry.testbed.History;
import dev.weft.registry.testbed.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** One seed's worth of writing, watching and harm on a running cluster, and the judgement at its end. */
final class CrashRun {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration CALM = Duration.ofMillis(700);

    private final long seed;
    private final List<TestServer> servers;
    private final TestStore store;
    private final List<HostPort> addresses;
    private final History history = new History();

    CrashRun(long seed, List<TestServer> servers, TestStore store) {
        this.seed = seed;
        this.servers = servers;
        this.store = store;
        this.addresses = servers.stream().map(TestServer::apiAddress).toList();
    }

    /** Runs it; fails with what did not fit together. Returns a line about what happened. */
    String run(int strikes) throws InterruptedException {
        // Neighbouring seeds begin alike with this generator unless their bits are spread.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        List<Writer> writers = new ArrayList<>();
        List<Observer> observers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            observers.add(new Observer("observer-" + i, addresses, random.nextLong(), history));
            writers.add(new Writer("s" + Long.toHexString(seed) + "-w" + i, addresses, random.nextLong(), history));
        }
        observers.forEach(observer -> threads.add(new Thread(observer)));
        writers.forEach(writer -> threads.add(new Thread(writer)));
        threads.forEach(Thread::start);
        StringBuilder harm = new StringBuilder();
        try {
            calm();
            for (int i = 0; i < strikes; i++) {
                // As many neighbouring seeds as there are ways to do harm meet all of them, be it only once each.
                harm.append(i == 0 ? "" : ", ").append(new Nemesis(servers, store, random).strike(seed + i));
                calm();
            }
            awaitReady();
            calm();
            writers.forEach(Writer::stop);
            Map<String, Integer> present = settle(observers);
            join(threads, observers);
            history.check(present);
        } finally {
            writers.forEach(Writer::stop);
            join(threads, observers);
        }
        return harm + ": " + history.acknowledged() + " writes, " + history.epochs() + " lists and "
                + observers.stream().mapToInt(Observer::resumed).sum() + " watches, "
                + writers.stream().mapToInt(writer -> writer.failures().size()).sum() + " requests failed"
                + writers.stream()
                        .flatMap(writer -> writer.failures().stream())
                        .limit(5)
                        .map(failure -> "\n  " + failure)
                        .collect(Collectors.joining());
    }

    private static void join(List<Thread> threads, List<Observer> observers) throws InterruptedException {
        observers.forEach(Observer::stop);
        for (Thread thread : threads) {
            thread.join(PATIENCE.toMillis());
        }
    }

    private void awaitReady() {
        for (HostPort server : addresses) {
            Awaitility.await(server + " is ready after seed " + seed)
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> OneShot.send(server, "GET", "/readyz", null).ok());
        }
    }

    /** Waits until nothing changes any more and every observer has seen all; what there is, from every node alike. */
    private Map<String, Integer> settle(List<Observer> observers) {
        for (HostPort server : addresses) {
            // Doubtful writes may still land between two lists.
            Awaitility.await(server + " lists what the others list")
                    .atMost(PATIENCE)
                    .until(() -> list(server)
                            .path("items")
                            .equals(list(addresses.get(0)).path("items")));
        }
        JsonNode last = list(addresses.get(0));
        long version = last.at("/metadata/resourceVersion").asLong();
        Awaitility.await("every observer has seen all")
                .atMost(PATIENCE)
                .until(() -> observers.stream().allMatch(observer -> observer.upTo() >= version));
        Map<String, Integer> present = new TreeMap<>();
        last.path("items")
                .forEach(item -> present.put(
                        item.at("/metadata/name").asText(), item.at("/data/n").asInt()));
        present.keySet().removeIf(name -> !name.startsWith("s" + Long.toHexString(seed) + "-"));
        return present;
    }

    private static JsonNode list(HostPort server) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(
                        () -> {
                            OneShot.Reply reply = OneShot.send(server, "GET", Observer.ALL, null);
                            assertThat(reply.status()).isEqualTo(200);
                            return reply.json();
                        },
                        reply -> true);
    }

    private static void calm() {
        long until = System.nanoTime() + CALM.toNanos();
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }
}
