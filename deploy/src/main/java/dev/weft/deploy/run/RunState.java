package dev.weft.deploy.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What there is to say of a command at one time. Immutable.
 *
 * @param since when the Pod began
 * @param container what the command does now
 * @param before how it ended the last time
 * @param restarts how often it was started again
 * @param readySince since when it is, or is not, ready
 */
record RunState(
        Instant since,
        Container container,
        Optional<Container.Ended> before,
        int restarts,
        boolean ready,
        Instant readySince) {

    /** What the command does. */
    sealed interface Container {
        /** It waits to be started. */
        record Waiting(String reason, String message) implements Container {}

        record Running(long pid, Instant since) implements Container {}

        record Ended(long pid, int code, Instant from, Instant until) implements Container {
            Duration ran() {
                return Duration.between(from, until);
            }
        }
    }

    /** Nothing has been started yet. */
    static RunState begun(Instant now) {
        return new RunState(now, new Container.Waiting("ContainerCreating", ""), Optional.empty(), 0, false, now);
    }

    RunState started(long pid, boolean ready, Instant now) {
        int count = before.isPresent() ? restarts + 1 : restarts;
        return new RunState(since, new Container.Running(pid, now), before, count, this.ready, readySince)
                .ready(ready, now);
    }

    RunState ready(boolean now, Instant at) {
        return now == ready ? this : new RunState(since, container, before, restarts, now, at);
    }

    RunState ended(int code, Instant now) {
        Container.Running running = (Container.Running) container;
        Container.Ended end = new Container.Ended(running.pid(), code, running.since(), now);
        return new RunState(since, end, Optional.of(end), restarts, ready, readySince).ready(false, now);
    }

    RunState waiting(Duration backOff) {
        return new RunState(
                since,
                new Container.Waiting(
                        "CrashLoopBackOff", "back-off " + backOff.toSeconds() + "s restarting the command"),
                before,
                restarts,
                ready,
                readySince);
    }
}
