package dev.weft.deploy.server;

import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a proxy-node in the same process follow the registry as if over HTTP: the same paths, the same objects, without a
 * connection. A watch that ends, for whatever reason, begins again with all present objects.
 */
final class RegistryFeed implements ResourceFeed {
    private static final Logger log = LoggerFactory.getLogger(RegistryFeed.class);

    private final ActorSystem<?> system;
    private final Registry registry;
    private final Duration retry;

    /**
     * A feed of one registry.
     *
     * @param retry how long after the end of a watch the next one begins
     */
    RegistryFeed(ActorSystem<?> system, Registry registry, Duration retry) {
        this.system = system;
        this.registry = registry;
        this.retry = retry;
    }

    @Override
    public Subscription follow(String path, Follower follower) {
        ResourceKind kind = kindAt(path);
        if (kind == null) {
            follower.absent(path + ": the registry has no such kind");
            return () -> {};
        }
        Following following = new Following(Collection.everywhere(kind.type()), follower);
        following.begin();
        return following;
    }

    private @Nullable ResourceKind kindAt(String path) {
        String[] parts = path.split("/", -1);
        if (parts.length == 4 && parts[1].equals("api")) {
            return registry.kinds().find("", parts[2], parts[3]);
        }
        return parts.length == 5 && parts[1].equals("apis")
                ? registry.kinds().find(parts[2], parts[3], parts[4])
                : null;
    }

    /** One collection, through all its watches, of which one runs at a time. */
    private final class Following implements Subscription {
        private final Collection collection;
        private final Follower follower;
        private volatile boolean stopped;
        private volatile @Nullable UniqueKillSwitch running;

        Following(Collection collection, Follower follower) {
            this.collection = collection;
            this.follower = follower;
        }

        void begin() {
            if (stopped) {
                return;
            }
            Reception reception = new Reception(follower);
            WatchRequest everything =
                    new WatchRequest(collection, ResourceFilter.ALL, OptionalLong.empty(), false, true);
            var started = registry.watch(everything)
                    .viaMat(KillSwitches.single(), Keep.right())
                    .toMat(Sink.foreach(reception::hear), Keep.both())
                    .run(system);
            running = started.first();
            CompletionStage<?> ended = started.second();
            ended.whenComplete((done, failure) -> {
                boolean ending =
                        CoordinatedShutdown.get(system).getShutdownReason().isPresent();
                if (!stopped && !ending) {
                    log.info(
                            "The watch of {} ended ({}); it begins again in {} ms",
                            collection.type(),
                            failure == null ? reception.end() : failure.toString(),
                            retry.toMillis());
                    system.scheduler().scheduleOnce(retry, this::begin, system.executionContext());
                }
            });
        }

        @Override
        public void stop() {
            stopped = true;
            UniqueKillSwitch now = running;
            if (now != null) {
                now.shutdown();
            }
        }
    }

    /** What one watch brings: first all objects, collected into one replacement, then changes. */
    private static final class Reception {
        private final Follower follower;
        private @Nullable List<JsonNode> initial = new ArrayList<>();
        private volatile String end = "ended by the registry";

        Reception(Follower follower) {
            this.follower = follower;
        }

        void hear(WatchEvent event) {
            if (event instanceof WatchEvent.Added added) {
                present(added.object().json().toTree());
            } else if (event instanceof WatchEvent.Modified modified) {
                present(modified.object().json().toTree());
            } else if (event instanceof WatchEvent.Deleted deleted) {
                gone(deleted.object().json().toTree());
            } else if (event instanceof WatchEvent.Bookmark bookmark && bookmark.initialEventsEnd()) {
                complete();
            } else if (event instanceof WatchEvent.Failed failed) {
                end = failed.refusal().message();
            }
        }

        String end() {
            return end;
        }

        private void present(JsonNode object) {
            List<JsonNode> collecting = initial;
            if (collecting != null) {
                collecting.add(object);
            } else {
                follower.changed(object);
            }
        }

        private void gone(JsonNode object) {
            List<JsonNode> collecting = initial;
            if (collecting != null) {
                String uid = object.path("metadata").path("uid").asText();
                collecting.removeIf(
                        each -> each.path("metadata").path("uid").asText().equals(uid));
            } else {
                follower.deleted(object);
            }
        }

        private void complete() {
            List<JsonNode> collected = initial;
            if (collected != null) {
                initial = null;
                follower.replaced(collected);
            }
        }
    }
}
