package dev.weft.registry.watch;

import akka.actor.typed.ActorRef;
import akka.stream.BoundedSourceQueue;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What a node's hub is told. Never leaves the process. */
public sealed interface HubCommand {

    /** A part of everything that a shard holds. */
    record ShardSnapshot(int shard, List<Resource> part, boolean first, boolean last, long version)
            implements HubCommand {}

    /** A shard committed a batch. */
    record ShardCommitted(int shard, long previous, List<Change> changes, long version) implements HubCommand {}

    /** A shard is closed up to a version. */
    record ShardClosed(int shard, long question, long version, long last, boolean following) implements HubCommand {}

    /**
     * Wish to be answered once the hub holds everything that was acknowledged until now, and everything up to a version.
     *
     * @param window a shard, or the number of shards for all of them together
     */
    record Reach(int window, long version, ActorRef<Reached> replyTo) implements HubCommand {}

    /** Wish for the objects as of a version. */
    record LookBack(int window, long version, ActorRef<Past> replyTo) implements HubCommand {}

    /** Wish to be told of changes from now on. */
    record Watch(int window, Subscription subscription, ActorRef<Started> replyTo) implements HubCommand {}

    /** A watch's reader has left. */
    record Unwatch(int window, Subscription subscription) implements HubCommand {}

    /** Wish to hear of everything, for as long as the listener lives. Cheap: objects are shared, nothing is copied. */
    record Listen(ActorRef<HubNews> listener) implements HubCommand {}

    /** A listener has ended. */
    record ListenerGone(ActorRef<HubNews> listener) implements HubCommand {}

    /** How many watchers there are. */
    record CountWatchers(ActorRef<Integer> replyTo) implements HubCommand {}

    /** Time to ask after the shards. */
    record RoundDue() implements HubCommand {}

    /** Time to tell watchers how far they are. */
    record BookmarksDue() implements HubCommand {}

    /**
     * A reader.
     *
     * @param queue where the events go
     * @param last the last event, after what is in the queue, if there is one to say
     */
    record Subscription(
            WatchRequest request, BoundedSourceQueue<WatchEvent> queue, AtomicReference<@Nullable WatchEvent> last) {}

    /** The hub holds everything up to this version, see {@link Reach}. */
    record Reached(long version) {}

    /**
     * The objects as of a version.
     *
     * @param view empty if they are forgotten
     */
    record Past(Optional<WindowView> view) {}

    /** What became of a {@link Watch}. */
    sealed interface Started {
        /** First these, then what comes through the queue. */
        record Watching(List<WatchEvent> first) implements Started {}

        record Refused(Refusal refusal) implements Started {}
    }
}
