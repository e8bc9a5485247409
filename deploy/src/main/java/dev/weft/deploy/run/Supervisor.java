package dev.weft.deploy.run;

import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.run.RunState.Container;
import dev.weft.deploy.terminal.CommandFailed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command as a Pod, from its registration to its end. One thread decides, in the order in which things happen; it
 * is the one that calls {@link #run}.
 */
public final class Supervisor {
    private final RunPlan plan;
    private final ApiClient api;
    private final InstantSource clock;
    private final Consumer<String> tell;
    private final BlockingQueue<Happening> inbox = new LinkedBlockingQueue<>();
    private final Registration registration;
    private Map<String, String> environment = Map.of();
    private RunState state;
    private boolean stopping;

    /** @param tell says one sentence to the user */
    public Supervisor(RunPlan plan, ApiClient api, InstantSource clock, Consumer<String> tell) {
        this.plan = plan;
        this.api = api;
        this.clock = clock;
        this.tell = tell;
        this.state = RunState.begun(clock.instant());
        this.registration = new Registration(api, new PodObjects(plan), state, clock, this::stop, tell);
    }

    /** From any thread: the command is to end, orderly; asked again, at once. */
    public void stop(String why) {
        inbox.add(new Happening.StopAsked(why));
    }

    /** From any thread: a signal for the command, by its name without {@code SIG}. */
    public void forward(String signal) {
        inbox.add(new Happening.Signalled(signal));
    }

    /**
     * Runs until the command has ended for good, and returns its exit code.
     *
     * @throws CommandFailed if it cannot be registered or started
     */
    public int run() {
        CommandProcess.requireProgram(plan.command().get(0));
        registration.begin();
        tell.accept("runs as the Pod " + plan.where().namespace() + "/"
                + plan.where().name() + " at " + plan.where().address() + " on the node "
                + plan.where().node());
        try (Leash leash = Leash.start()) {
            return supervise(leash);
        } finally {
            registration.end();
        }
    }

    private int supervise(Leash leash) {
        RestartBackoff backoff =
                new RestartBackoff(plan.restart().first(), plan.restart().most());
        while (true) {
            Container.Ended end = runOnce(leash);
            if (stopping || !plan.restart().policy().restarts(end.code())) {
                return end.code();
            }
            Duration wait = backoff.after(end.ran());
            tell.accept("the command ended with " + end.code() + "; it is started again"
                    + (wait.isZero() ? "" : " in " + wait.toSeconds() + " s"));
            if (!wait.isZero()) {
                become(state.waiting(wait));
            }
            if (isStopAskedWithin(wait)) {
                return end.code();
            }
        }
    }

    private void become(RunState next) {
        if (!next.equals(state)) {
            state = next;
            registration.report(next);
        }
    }

    /** The variables are made anew for each start; while the API is away those of the last one stay. */
    private Map<String, String> environment() {
        Map<String, String> all = new HashMap<>(environment);
        try {
            all = new HashMap<>(ServiceVariables.ask(api, plan.where().namespace(), plan.links()));
        } catch (CommandFailed e) {
            tell.accept("the variables of Services are not up to date: " + e.getMessage());
        }
        all.putAll(plan.environment());
        environment = all;
        return all;
    }

    private Container.Ended runOnce(Leash leash) {
        Map<String, String> variables = environment();
        CommandProcess command =
                CommandProcess.start(plan.command(), variables, code -> inbox.add(new Happening.Ended(code)));
        leash.holds(command);
        become(state.started(command.pid(), plan.probe().isEmpty(), clock.instant()));
        Readiness readiness =
                new Readiness(plan.timing().successes(), plan.timing().failures());
        try (AutoCloseableProber prober = prober(variables)) {
            while (true) {
                Happening happening = next(null);
                if (happening instanceof Happening.Probed probed) {
                    become(state.ready(readiness.probed(probed.success()), clock.instant()));
                } else if (happening instanceof Happening.Signalled signalled) {
                    command.signal(signalled.signal());
                } else if (happening instanceof Happening.StopAsked asked) {
                    prober.close();
                    return ended(leash, drain(command, asked.why()));
                } else if (happening instanceof Happening.Ended ended) {
                    return ended(leash, ended.code());
                }
            }
        }
    }

    private Container.Ended ended(Leash leash, int code) {
        leash.letsGo();
        become(state.ended(code, clock.instant()));
        // Answers to probes of this run mean nothing for the next one.
        inbox.removeIf(happening -> happening instanceof Happening.Probed);
        return (Container.Ended) state.container();
    }

    /** A prober that can be closed without ceremony, also where there is nothing to probe. */
    @FunctionalInterface
    private interface AutoCloseableProber extends AutoCloseable {
        @Override
        void close();
    }

    private AutoCloseableProber prober(Map<String, String> variables) {
        return plan.probe()
                .<AutoCloseableProber>map(probe -> Prober.start(
                        probe, plan, variables, success -> inbox.add(new Happening.Probed(success)))::close)
                .orElse(() -> {});
    }

    /** First nobody sends new work, then the command is asked to end, then it is ended. Returns its exit code. */
    private int drain(CommandProcess command, String why) {
        stopping = true;
        tell.accept(
                "stopping (" + why + "): no new work for " + plan.stop().drain().toMillis() + " ms, then SIGTERM");
        registration.leave(plan.stop().seconds());
        Integer code = awaitEnd(command, plan.stop().drain());
        if (code == null) {
            command.signal("TERM");
            code = awaitEnd(command, plan.stop().grace());
        }
        while (code == null) {
            tell.accept("the command did not end in time; it is killed");
            command.kill();
            code = awaitEnd(command, plan.stop().grace());
        }
        return code;
    }

    /** The exit code; null when the time is over or somebody is in a hurry. */
    private @Nullable Integer awaitEnd(CommandProcess command, Duration atMost) {
        Instant deadline = clock.instant().plus(atMost);
        while (true) {
            Happening happening = next(deadline);
            if (happening instanceof Happening.Ended ended) {
                return ended.code();
            }
            if (happening instanceof Happening.Signalled signalled) {
                command.signal(signalled.signal());
            }
            if (happening == null || happening instanceof Happening.StopAsked) {
                return null;
            }
        }
    }

    private boolean isStopAskedWithin(Duration wait) {
        Instant deadline = clock.instant().plus(wait);
        for (Happening happening = next(deadline); happening != null; happening = next(deadline)) {
            if (happening instanceof Happening.StopAsked) {
                stopping = true;
                return true;
            }
        }
        return false;
    }

    /** What happens next; null when a deadline has come first. */
    private @Nullable Happening next(@Nullable Instant deadline) {
        try {
            if (deadline == null) {
                return inbox.take();
            }
            long left = Duration.between(clock.instant(), deadline).toMillis();
            return left > 0 ? inbox.poll(left, TimeUnit.MILLISECONDS) : inbox.poll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Happening.StopAsked("interrupted");
        }
    }
}
