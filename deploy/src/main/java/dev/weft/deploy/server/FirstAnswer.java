package dev.weft.deploy.server;

import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.proxy.view.FeedSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks an API server until it answers, as a process does that may be started before its server: with growing pauses, without
 * an end, and with one word about it. What says no, such as a refusal of the credentials, is an answer.
 */
final class FirstAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(FirstAnswer.class);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERROR = 500;

    private final ApiClient api;
    private final FeedSettings pauses;
    private final RandomGenerator random;
    private final CountDownLatch stop;
    private int failures;

    /**
     * @param pauses of which the bounds of the back-off hold
     * @param stop ends the waiting
     */
    FirstAnswer(ApiClient api, FeedSettings pauses, RandomGenerator random, CountDownLatch stop) {
        this.api = api;
        this.pauses = pauses;
        this.random = random;
        this.stop = stop;
    }

    /**
     * Waits for the answer to a GET.
     *
     * @return empty when it was stopped before
     * @throws CommandFailed when waiting will not help, such as where there is no trust in the server
     */
    Optional<ApiClient.Reply> to(String path) {
        do {
            Optional<ApiClient.Reply> reply = ask(path);
            if (reply.isPresent()) {
                return reply;
            }
        } while (!stopsWithin(pause()));
        return Optional.empty();
    }

    /** Whether it answers a GET now. */
    boolean isThere(String path) {
        return ask(path).isPresent();
    }

    private Optional<ApiClient.Reply> ask(String path) {
        try {
            ApiClient.Reply reply = api.get(path);
            if (reply.status() < SERVER_ERROR && reply.status() != TOO_MANY_REQUESTS) {
                answered();
                return Optional.of(reply);
            }
            missed(api.server() + " cannot answer yet: " + (reply.status() + " " + reply.message()).strip());
        } catch (CommandFailed e) {
            if (!e.isAway()) {
                throw e;
            }
            missed(String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private void answered() {
        if (failures > 0) {
            LOG.info("{} answers", api.server());
        }
        failures = 0;
    }

    private void missed(String why) {
        failures++;
        if (failures == 1) {
            LOG.warn("{} (asked again, until it answers)", why);
        }
    }

    private Duration pause() {
        long ceiling = pauses.backoffMin().toMillis() << Math.min(20, failures - 1);
        long delay = Math.max(1, Math.min(ceiling, pauses.backoffMax().toMillis()));
        return Duration.ofMillis(delay - (long) (delay / 2.0 * random.nextDouble()));
    }

    private boolean stopsWithin(Duration pause) {
        try {
            return stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
