package dev.weft.deploy.demo;

import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.client.CallLoop;
import dev.weft.deploy.client.HttpCall;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Calls virtual IPs and judges who answered. */
final class Caller {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final int CALLS = 60;

    private final InstantSource clock;
    private final Eventually eventually;

    Caller(InstantSource clock) {
        this.clock = clock;
        this.eventually = new Eventually(clock);
    }

    /** Waits until calls reach exactly these backends. */
    void awaitBackends(HostPort address, List<Backend> expected) {
        eventually.holds(PATIENCE, address + " reaches " + expected.size() + " backends", () -> {
            try {
                return Evenness.fault(call(address, 3 * expected.size()), names(expected));
            } catch (IOException e) {
                return Optional.of(address + ": " + e.getMessage());
            }
        });
    }

    /** Calls and returns who answered how often; ends the story if that is not even. */
    String evenly(HostPort address, List<Backend> expected) {
        try {
            Map<String, Long> answers = call(address, CALLS);
            Evenness.fault(answers, names(expected)).ifPresent(fault -> {
                throw CommandFailed.failed("calls to " + address + ": " + fault);
            });
            return Evenness.show(answers);
        } catch (IOException e) {
            throw CommandFailed.failed("a call to " + address + " failed: " + e.getMessage(), e);
        }
    }

    /** Calls again and again until it is closed. */
    CallLoop loop(HostPort address) {
        return CallLoop.start(address, PAUSE, clock);
    }

    /** How long after an instant the last call began that a backend answered. */
    static Duration lastCallAfter(Instant since, CallLoop calls, Backend backend) {
        Instant last = calls.lastCallAnsweredBy(backend.name());
        return last == null || last.isBefore(since) ? Duration.ZERO : Duration.between(since, last);
    }

    /** Ends the story if any call failed. */
    static void requireNoFailure(CallLoop calls, String where) {
        if (calls.failed() > 0) {
            throw CommandFailed.failed(calls.failed() + " calls in " + where + " failed, the first at "
                    + calls.failures().get(0));
        }
    }

    private static List<String> names(List<Backend> backends) {
        return backends.stream().map(Backend::name).toList();
    }

    private static Map<String, Long> call(HostPort address, int times) throws IOException {
        Map<String, Long> answers = new TreeMap<>();
        for (int i = 0; i < times; i++) {
            answers.merge(HttpCall.get(address, "/", TIMEOUT), 1L, Long::sum);
        }
        return answers;
    }
}
