package dev.weft.registry.shard;

import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import java.time.Duration;

/**
 * What runs beside a shard, and begins anew after a failure: a defect that shows with one object then holds up what the
 * companion does until the object is put right, rather than for good.
 */
final class Companion {
    private static final double JITTER = 0.2;

    private Companion() {}

    /**
     * Runs a behavior as a child, from its beginning again whenever it fails.
     *
     * @param least how long to wait after the first failure; after each further one in a row twice as long
     * @param most how long to wait at most
     */
    static Behavior<Void> of(int shard, Behavior<?> behavior, Duration least, Duration most) {
        Behavior<Void> watching = Behaviors.setup(context -> {
            context.setLoggerName(Companion.class);
            context.watch(context.spawnAnonymous(silent(behavior)));
            return Behaviors.receive(Void.class)
                    .onSignal(ChildFailed.class, failed -> {
                        context.getLog()
                                .error(
                                        "Shard {}: what runs beside it failed; begun anew after {} to {}",
                                        shard,
                                        least,
                                        most,
                                        failed.cause());
                        // Makes this one fail as well, which the supervision around it answers.
                        return Behaviors.unhandled();
                    })
                    .build();
        });
        return Behaviors.supervise(watching)
                .onFailure(SupervisorStrategy.restartWithBackoff(least, most, JITTER)
                        .withLoggingEnabled(false));
    }

    /** Its failure is told here, once. */
    private static <T> Behavior<T> silent(Behavior<T> behavior) {
        return Behaviors.supervise(behavior).onFailure(SupervisorStrategy.stop().withLoggingEnabled(false));
    }
}
