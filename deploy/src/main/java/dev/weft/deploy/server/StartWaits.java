package dev.weft.deploy.server;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.Registry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a server waits for while it starts, on the thread that starts it, and what it says when that does not come. */
final class StartWaits {
    private static final Logger log = LoggerFactory.getLogger(StartWaits.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);
    private static final Duration LOOK_SELDOM = Duration.ofMillis(200);

    private final ActorSystem<Void> system;
    private final ServerSettings settings;
    private final Duration timeout;

    /** @param timeout for each wait */
    StartWaits(ActorSystem<Void> system, ServerSettings settings, Duration timeout) {
        this.system = system;
        this.settings = settings;
        this.timeout = timeout;
    }

    /** Whether the server's end has begun, be it by the other processes of its cluster. */
    boolean isEnding() {
        return CoordinatedShutdown.get(system).getShutdownReason().isPresent();
    }

    /**
     * Waits for one thing.
     *
     * @param what in words that follow "could not"
     * @throws CommandFailed if it fails or does not come in time
     */
    <T> T on(CompletionStage<T> stage, String what) {
        CompletableFuture<T> result = stage.toCompletableFuture();
        try {
            // What has ended completes nothing any more, not even by a timeout.
            CompletableFuture.anyOf(result, system.getWhenTerminated().toCompletableFuture())
                    .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!result.isDone()) {
                throw CommandFailed.failed("could not " + what + ": the actor system has ended");
            }
            return result.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.failed("interrupted while trying to " + what, e);
        } catch (TimeoutException e) {
            throw CommandFailed.failed("could not " + what + " within " + timeout.toSeconds() + " s; see the log", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw CommandFailed.failed("could not " + what + ": " + cause.getMessage(), cause);
        }
    }

    /**
     * Waits until the registry answers.
     *
     * @throws CommandFailed if it does not in time, or has ended
     */
    void untilReady(Registry registry) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!registry.readiness().ready()) {
            if (isEnding()) {
                throw CommandFailed.failed("the registry ended before it was ready");
            }
            if (System.nanoTime() - deadline > 0) {
                throw CommandFailed.failed("the registry was not ready within "
                        + timeout.toSeconds() + " s: "
                        + registry.readiness().missing()
                        + (settings.holdsShards()
                                ? "; see the log, or try again with weft.server.start-timeout set higher"
                                : "; does the process that keeps the data of cluster " + settings.cluster()
                                        + (settings.peers().bootstrap().isPresent()
                                                ? " listen with --management where --bootstrap says?"
                                                : " listen with --akka at one of --seed "
                                                        + settings.addresses().seeds() + "?")));
            }
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /**
     * Waits until all is loaded, for as long as it takes where the store is this process's own: what cannot be loaded from
     * it is damaged, and another start would change nothing. The API serves the rest meanwhile.
     */
    void untilLoaded(Registry registry) {
        try {
            untilReady(registry);
        } catch (CommandFailed e) {
            if (!settings.holdsShards() || settings.store().isPresent() || isEnding()) {
                throw e;
            }
            log.error(
                    "{}; serving what could be loaded, without a proxy-node, until this process is stopped",
                    e.getMessage());
            while (!registry.readiness().ready() && !isEnding()) {
                LockSupport.parkNanos(LOOK_SELDOM.toNanos());
            }
        }
    }
}
