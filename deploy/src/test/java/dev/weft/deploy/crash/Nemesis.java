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
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final List<TestServer> servers;
    private final TestStore store;
    private final Random random;

    Nemesis(List<TestServer> servers, TestStore store, Random random) {
        this.servers = servers;
        this.store = store;
        this.random = random;
    }

    /** Does one thing and says what. */
    String strike() {
        TestServer server = servers.get(random.nextInt(servers.size()));
        int kind = random.nextInt(store == TestStore.POSTGRES ? 11 : 10);
        if (kind < 4) {
            server.kill();
            wait(random.nextInt(3_000));
            server.start();
            return "kill -9 of " + server.name();
        }
        if (kind < 6) {
            server.pause();
            wait((int) PAUSE.toMillis());
            server.resume();
            return "SIGSTOP of " + server.name() + " for " + PAUSE.toSeconds() + " s";
        }
        if (kind < 8) {
            server.stop();
            wait(random.nextInt(1_000));
            server.start();
            return "stop and start of " + server.name();
        }
        if (kind < 9) {
            all(TestServer::kill);
            all(TestServer::start);
            return "kill -9 of all";
        }
        if (kind < 10) {
            all(TestServer::stop);
            all(TestServer::start);
            return "stop and start of all";
        }
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
