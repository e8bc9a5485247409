package dev.weft.api.authorization;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import dev.weft.registry.Registry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The newest picture of roles and bindings, for everyone who decides. Safe for use by several threads. */
public final class Policies {
    private final CompletableFuture<Policies> first = new CompletableFuture<>();
    private volatile @Nullable RbacPolicy current;

    /** Without a picture yet; for tests, which {@link #publish} their own. */
    public Policies() {}

    /**
     * Follows a registry for as long as the system runs.
     *
     * @param retry how long after the end of a watch the next one begins
     * @param maintains whether this process writes the rules of aggregated roles; one of a cluster does
     */
    public static Policies follow(ActorSystem<?> system, Registry registry, Duration retry, boolean maintains) {
        Policies policies = new Policies();
        system.systemActorOf(
                PolicyActor.create(registry, policies, retry, maintains), "weft-api-policies", Props.empty());
        return policies;
    }

    /** Completes with this once there is a picture. */
    public CompletionStage<Policies> first() {
        return first.minimalCompletionStage();
    }

    /** The newest picture; empty before the first. */
    public Optional<RbacPolicy> current() {
        return Optional.ofNullable(current);
    }

    /** A newer picture. */
    void publish(RbacPolicy policy) {
        current = policy;
        first.complete(this);
    }
}
