package dev.weft.deploy.crash;

import dev.weft.deploy.testbed.TestServer;
import dev.weft.registry.testbed.TestStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** Does harm to the processes of a cluster, one way after the other, as the seed says; afterwards all run again. */
final class Nemesis {
    /** So many strikes in a row do harm in every way: three or four kills, two pauses, and so on. */
    static final int KINDS = 10;

    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final List<TestServer> servers;
    private final TestStore store;
    private final Random random;

    Nemesis(List<TestServer> servers, TestStore store, Random random) {
        this.servers = servers;
        this.store = store;
        this.random = random;
    }

    /**
     * Does one thing and says what.
     *
     * @param place which of {@link #KINDS} ways; with neighbouring places each way comes as often
     *     as it should, however few there are
     */
    String strike(long place) {
        TestServer server = servers.get(random.nextInt(servers.size()));
        return switch (Math.floorMod(place, KINDS)) {
            case 0, 4, 7 -> kill(server);
            case 1, 6 -> pause(server);
            case 2, 9 -> {
                server.stop();
                wait(random.nextInt(1_000));
                server.start();
                yield "stop and start of " + server.name();
            }
            case 3 -> {
                all(TestServer::kill);
                all(TestServer::start);
                yield "kill -9 of all";
            }
            case 5 -> {
                all(TestServer::stop);
                all(TestServer::start);
                yield "stop and start of all";
            }
            default -> store == TestStore.POSTGRES ? crashDatabase() : kill(server);
        };
    }

    private String kill(TestServer server) {
        server.kill();
        wait(random.nextInt(3_000));
        server.start();
        return "kill -9 of " + server.name();
    }

    private static String pause(TestServer server) {
        server.pause();
        wait((int) PAUSE.toMillis());
        server.resume();
        return "SIGSTOP of " + server.name() + " for " + PAUSE.toSeconds() + " s";
    }

    private static String crashDatabase() {
        TestStore.server().crash();
        return "restart of the database";
    }

    private void all(java.util.function.Consumer<TestServer> harm) {
        List<CompletableFuture<Void>> under = new ArrayList<>();
        for (TestServer server : servers) {
            under.add(CompletableFuture.runAsync(() -> harm.accept(server), task -> new Thread(task).start()));
        }
        under.forEach(CompletableFuture::join);
    }

    private static void wait(int millis) {
        long until = System.nanoTime() + Duration.ofMillis(millis).toNanos();
        while (System.nanoTime() < until) {
            LockSupport.parkNanos(until - System.nanoTime());
        }
    }
}
