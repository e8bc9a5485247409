package dev.weft.api.rest;

import akka.NotUsed;
import akka.actor.ActorSystem;
import akka.actor.Cancellable;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import dev.weft.api.authorization.RbacPolicy;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.Refusal.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches that are open, and the right to each: asked for again at the door whenever roles have changed, and from time to time,
 * since a token or a certificate may have come to its end, or its account. Who would not be let in any more has his watch ended
 * in good order; when he comes back for it he is told why. As long as nobody can tell, a watch goes on. Safe for many threads.
 */
final class StandingWatches {
    /** How often it is looked whether roles have changed; a look costs nothing as long as they have not. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Access access;
    private final Duration askedAgain;
    private final Set<Standing> open = ConcurrentHashMap.newKeySet();
    private Optional<RbacPolicy> seen = Optional.empty();
    private Duration sinceAll = Duration.ZERO;

    /** One watch; equal to itself only. */
    private static final class Standing {
        private final Exchange presented;
        private final UniqueKillSwitch end;

        private Standing(Exchange presented, UniqueKillSwitch end) {
            this.presented = presented;
            this.end = end;
        }
    }

    /** @param askedAgain how often the right to a watch is asked for where roles do not change */
    StandingWatches(Access access, Duration askedAgain) {
        this.access = access;
        this.askedAgain = askedAgain;
    }

    /** Looks after the watches from now on. */
    Cancellable begin(ActorSystem system) {
        return access.isOpen()
                ? Cancellable.alreadyCancelled()
                : system.scheduler().scheduleWithFixedDelay(LOOK_EVERY, LOOK_EVERY, this::look, system.dispatcher());
    }

    /** A watch goes through this as long as it may. */
    <T> Flow<T, T, NotUsed> of(Exchange admitted) {
        Exchange presented = admitted.presented();
        if (access.isOpen() || presented == null) {
            return Flow.create();
        }
        return Flow.<T>create().viaMat(KillSwitches.single(), Keep.right()).watchTermination((end, done) -> {
            Standing standing = new Standing(presented, end);
            open.add(standing);
            done.whenComplete((any, failure) -> open.remove(standing));
            return NotUsed.getInstance();
        });
    }

    private synchronized void look() {
        Optional<RbacPolicy> roles = access.roles();
        sinceAll = sinceAll.plus(LOOK_EVERY);
        boolean changed = roles.isPresent() && (seen.isEmpty() || seen.get() != roles.get());
        if (changed || sinceAll.compareTo(askedAgain) >= 0) {
            seen = roles;
            sinceAll = Duration.ZERO;
            open.forEach(this::ask);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // who may no longer watch is heard of, and nothing follows for the others
    private void ask(Standing standing) {
        CompletableFuture.completedFuture(standing.presented)
                .thenCompose(access::admit)
                .whenComplete((still, failure) -> {
                    if (isOver(failure)) {
                        standing.end.shutdown();
                    }
                });
    }

    private static boolean isOver(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RequestRefused refused
                && (refused.refusal().reason() == Reason.Unauthorized
                        || refused.refusal().reason() == Reason.Forbidden);
    }
}
