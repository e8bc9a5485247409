package dev.weft.deploy.server;

import akka.actor.typed.ActorSystem;
import com.typesafe.config.Config;
import dev.weft.api.ApiDoor;
import dev.weft.api.authorization.Policies;
import dev.weft.api.tls.ClusterKeys;
import dev.weft.api.tls.KeyDirectory;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.registry.Registry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The steps by which a protected API comes up. The process that keeps the cluster's data has the keys in its data directory
 * and shares them through the registry; the others wait for the registry and take them from there.
 */
final class ProtectedStart {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private final ActorSystem<?> system;
    private final ServerSettings settings;
    private final InstantSource clock;
    private final DoorWiring wiring;
    private final SharedKeys shared;
    private @Nullable ClusterKeys own;
    private Optional<Policies> policies = Optional.empty();

    ProtectedStart(
            ActorSystem<?> system, ServerSettings settings, Config config, InstantSource clock, Registry registry) {
        this.system = system;
        this.settings = settings;
        this.clock = clock;
        this.wiring = new DoorWiring(system, settings, config, clock, registry);
        this.shared = new SharedKeys(registry);
    }

    /** Whether the keys are had from the registry. */
    boolean waitsForRegistry() {
        return settings.protection().needsKeys() && !settings.holdsShards();
    }

    /** The door of the API, as soon as the keys are there. */
    CompletionStage<ApiDoor> door() {
        if (!settings.protection().needsKeys()) {
            return CompletableFuture.completedStage(wiring.open().api());
        }
        return keys().thenApply(keys -> {
            DoorWiring.Door door = wiring.with(keys);
            policies = door.policies();
            return door.api();
        });
    }

    private CompletionStage<ClusterKeys> keys() {
        if (!settings.holdsShards()) {
            return fetched();
        }
        try {
            ClusterKeys keys = new KeyDirectory(ApiKeys.directory(settings.data()))
                    .loadOrCreate(settings.cluster(), clock.instant(), new SecureRandom());
            own = keys;
            return CompletableFuture.completedStage(keys);
        } catch (IOException e) {
            throw CommandFailed.failed("the keys of the API: " + e.getMessage(), e);
        }
    }

    /** The process that keeps the data publishes them once it has started; until then it is asked again. */
    private CompletionStage<ClusterKeys> fetched() {
        return shared.fetch().thenCompose(found -> {
            if (found.isPresent()) {
                return CompletableFuture.completedStage(found.get());
            }
            CompletableFuture<ClusterKeys> later = new CompletableFuture<>();
            system.scheduler()
                    .scheduleOnce(
                            LOOK_EVERY,
                            () -> fetched().whenComplete((keys, failure) -> {
                                if (keys == null) {
                                    later.completeExceptionally(failure);
                                } else {
                                    later.complete(keys);
                                }
                            }),
                            system.executionContext());
            return later;
        });
    }

    /** What is left to do once the registry is ready. */
    CompletionStage<Void> finish() {
        ClusterKeys keys = own;
        CompletionStage<Void> done = keys == null ? CompletableFuture.completedStage(null) : shared.publish(keys);
        if (policies.isPresent() && settings.holdsShards()) {
            done = done.thenCompose(any -> wiring.makeDefaults());
        }
        Optional<Policies> known = policies;
        return known.isEmpty()
                ? done
                : done.thenCompose(any -> known.get().first()).thenAccept(first -> {});
    }
}
