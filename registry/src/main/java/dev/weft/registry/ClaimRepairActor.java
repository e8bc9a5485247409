package dev.weft.registry;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.weft.registry.allocation.Grant;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Frees what was claimed and is not used: its owner is gone, does not use it any more, or was never stored because
 * something failed between claim and use. Level-triggered: looks from time to time, and frees what was idle twice in a row,
 * so that a claim that is just being used stays. A restart forgets the first look.
 */
final class ClaimRepairActor extends AbstractBehavior<ClaimRepairActor.Command> {

    sealed interface Command {}

    private record LookDue() implements Command {}

    private record Found(Claims.Idle idle) implements Command {}

    private record Unknown() implements Command {}

    /** Gives grants back, unless they were claimed again since a version. */
    @FunctionalInterface
    interface Release {
        void release(List<Grant> grants, long before);
    }

    private final Supplier<CompletionStage<Claims.Idle>> idle;
    private final Release release;
    private Claims.Idle before = new Claims.Idle(Set.of(), 0);

    private ClaimRepairActor(
            ActorContext<Command> context, Supplier<CompletionStage<Claims.Idle>> idle, Release release) {
        super(context);
        this.idle = idle;
        this.release = release;
    }

    /**
     * Looks at intervals.
     *
     * @param idle the grants that nobody uses now
     */
    static Behavior<Command> create(Duration interval, Supplier<CompletionStage<Claims.Idle>> idle, Release release) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new LookDue(), interval);
            return Behaviors.setup(context -> new ClaimRepairActor(context, idle, release));
        });
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(LookDue.class, due -> onLookDue())
                .onMessage(Found.class, this::onFound)
                .onMessage(Unknown.class, unknown -> this)
                .build();
    }

    private Behavior<Command> onLookDue() {
        getContext().pipeToSelf(idle.get(), (found, failure) -> failure == null ? new Found(found) : new Unknown());
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
        return this;
    }
}
