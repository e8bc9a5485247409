package dev.weft.registry;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.registry.allocation.Grant;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Frees what was claimed and is not used: its owner is gone, does not use it any more, or was never stored because
 * something failed between claim and use. Level-triggered: looks from time to time, and frees what was idle twice in a row,
 * so that a claim that is just being used stays. A restart forgets the first look.
 */
final class ClaimRepairActor extends AbstractBehavior<ClaimRepairActor.Command> {

    sealed interface Command {}

    private record LookDue() implements Command {}

    private record Found(Claims.Idle idle, Duration took) implements Command {}

    private record Unknown(Duration took) implements Command {}

    /**
     * When to look.
     *
     * @param interval at least so long after the last look
     * @param rest and at least so many times as long as that one took: what a look costs grows with the Services
     */
    record Pace(Duration interval, int rest) {
        Duration after(Duration took) {
            Duration rested = took.multipliedBy(rest);
            return rested.compareTo(interval) > 0 ? rested : interval;
        }
    }

    /** Gives grants back, unless they were claimed again since a version. */
    @FunctionalInterface
    interface Release {
        void release(List<Grant> grants, long before);
    }

    private final TimerScheduler<Command> timers;
    private final Pace pace;
    private final LongSupplier nanos;
    private final Supplier<CompletionStage<Claims.Idle>> idle;
    private final Release release;
    private Claims.Idle before = new Claims.Idle(Set.of(), 0);

    private ClaimRepairActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Pace pace,
            LongSupplier nanos,
            Supplier<CompletionStage<Claims.Idle>> idle,
            Release release) {
        super(context);
        this.timers = timers;
        this.pace = pace;
        this.nanos = nanos;
        this.idle = idle;
        this.release = release;
        lookAfter(Duration.ZERO);
    }

    /**
     * Looks at intervals.
     *
     * @param nanos a clock that is never set, for how long a look takes
     * @param idle the grants that nobody uses now
     */
    static Behavior<Command> create(
            Pace pace, LongSupplier nanos, Supplier<CompletionStage<Claims.Idle>> idle, Release release) {
        return Behaviors.withTimers(timers ->
                Behaviors.setup(context -> new ClaimRepairActor(context, timers, pace, nanos, idle, release)));
    }

    private void lookAfter(Duration took) {
        timers.startSingleTimer(new LookDue(), pace.after(took));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(LookDue.class, due -> onLookDue())
                .onMessage(Found.class, this::onFound)
                .onMessage(Unknown.class, this::onUnknown)
                .build();
    }

    private Behavior<Command> onLookDue() {
        long begun = nanos.getAsLong();
        getContext().pipeToSelf(idle.get(), (found, failure) -> {
            Duration took = Duration.ofNanos(nanos.getAsLong() - begun);
            return failure == null ? new Found(found, took) : new Unknown(took);
        });
        return this;
    }

    private Behavior<Command> onUnknown(Unknown unknown) {
        lookAfter(unknown.took());
        return this;
    }

    private Behavior<Command> onFound(Found now) {
        Set<Grant> twice = new HashSet<>(now.idle().grants());
        twice.retainAll(before.grants());
        // Whoever claimed since the first look is about to use it.
        long since = before.version() + 1;
        before = now.idle();
        if (!twice.isEmpty()) {
            getContext().getLog().info("Freeing {} addresses and ports that nobody uses", twice.size());
            release.release(List.copyOf(twice), since);
        }
        lookAfter(now.took());
        return this;
    }
}
