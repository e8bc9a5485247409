package dev.weft.registry;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.weft.registry.allocation.Grant;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Frees what was claimed and is not used: its owner is gone, does not use it any more, or was never stored because
 * something failed between claim and use. Level-triggered: looks from time to time, and frees what was idle twice in a row,
 * so that a claim that is just being used stays. A restart forgets the first look.
 */
final class ClaimRepairActor extends AbstractBehavior<ClaimRepairActor.Command> {

    sealed interface Command {}

    private record LookDue() implements Command {}

    private record Idle(Set<Grant> grants) implements Command {}

    private record Unknown() implements Command {}

    private final Supplier<CompletionStage<Set<Grant>>> idle;
    private final Consumer<Set<Grant>> release;
    private Set<Grant> before = Set.of();

    private ClaimRepairActor(
            ActorContext<Command> context, Supplier<CompletionStage<Set<Grant>>> idle, Consumer<Set<Grant>> release) {
        super(context);
        this.idle = idle;
        this.release = release;
    }

    /**
     * Looks at intervals.
     *
     * @param idle the grants that nobody uses now
     */
    static Behavior<Command> create(
            Duration interval, Supplier<CompletionStage<Set<Grant>>> idle, Consumer<Set<Grant>> release) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new LookDue(), interval);
            return Behaviors.setup(context -> new ClaimRepairActor(context, idle, release));
        });
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(LookDue.class, due -> onLookDue())
                .onMessage(Idle.class, this::onIdle)
                .onMessage(Unknown.class, unknown -> this)
                .build();
    }

    private Behavior<Command> onLookDue() {
        getContext().pipeToSelf(idle.get(), (grants, failure) -> failure == null ? new Idle(grants) : new Unknown());
        return this;
    }

    private Behavior<Command> onIdle(Idle now) {
        Set<Grant> twice = new HashSet<>(now.grants());
        twice.retainAll(before);
        before = now.grants();
        if (!twice.isEmpty()) {
            getContext().getLog().info("Freeing {} addresses and ports that nobody uses", twice.size());
            release.accept(twice);
        }
        return this;
    }
}
