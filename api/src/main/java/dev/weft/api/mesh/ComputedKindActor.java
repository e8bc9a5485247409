package dev.weft.api.mesh;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns the objects of one computed kind on this node. Looks anew for every read, several waiting ones together, and at
 * intervals while there are watches. A restart forgets the versions: watches begin again.
 */
final class ComputedKindActor extends AbstractBehavior<ComputedKindActor.Command> {

    /** What it hears. */
    sealed interface Command {}

    /** Look and tell. */
    record Look(ActorRef<Seen> replyTo) implements Command {}

    /** Tell a watch of what there is or was, then of each change. */
    record Follow(WatchRequest request, BoundedSourceQueue<List<WatchEvent>> events) implements Command {}

    /** A watch has ended. */
    record Unfollow(BoundedSourceQueue<List<WatchEvent>> events) implements Command {}

    private record Looked(@Nullable List<ComputedObject> objects, String failure) implements Command {}

    private enum LookDue implements Command {
        NOW
    }

    /** What there is at a version; empty with a failure if nobody knows. */
    record Seen(List<Resource> objects, long version, String failure) {
        Seen {
            objects = List.copyOf(objects);
        }
    }

    private final Supplier<CompletionStage<List<ComputedObject>>> source;
    private final Duration interval;
    private final TimerScheduler<Command> timers;
    private final ComputedCollection collection;
    private final Set<Follow> following = new HashSet<>();
    private List<ActorRef<Seen>> next = new ArrayList<>();
    private List<ActorRef<Seen>> asking = List.of();
    private List<Follow> joining = new ArrayList<>();
    private List<Follow> starting = List.of();
    private boolean looking;

    /**
     * One kind.
     *
     * @param source works all objects out
     * @param interval between two looks while there are watches
     * @param history so many changes are remembered
     */
    static Behavior<Command> create(
            Supplier<CompletionStage<List<ComputedObject>>> source,
            Duration interval,
            int history,
            InstantSource clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new ComputedKindActor(context, timers, source, interval, new ComputedCollection(clock, history))));
    }

    private ComputedKindActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Supplier<CompletionStage<List<ComputedObject>>> source,
            Duration interval,
            ComputedCollection collection) {
        super(context);
        this.timers = timers;
        this.source = source;
        this.interval = interval;
        this.collection = collection;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Look.class, this::onLook)
                .onMessage(Follow.class, this::onFollow)
                .onMessage(Unfollow.class, this::onUnfollow)
                .onMessage(Looked.class, this::onLooked)
                .onMessageEquals(LookDue.NOW, this::onLookDue)
                .onSignal(PostStop.class, signal -> stopped())
                .build();
    }

    private Behavior<Command> stopped() {
        following.forEach(each -> each.events().complete());
        return this;
    }

    private Behavior<Command> onLook(Look message) {
        next.add(message.replyTo());
        return look();
    }

    private Behavior<Command> onFollow(Follow message) {
        joining.add(message);
        return look();
    }

    private Behavior<Command> onUnfollow(Unfollow message) {
        following.removeIf(each -> each.events() == message.events());
        joining.removeIf(each -> each.events() == message.events());
        if (following.isEmpty()) {
            timers.cancel(LookDue.NOW);
        }
        return this;
    }

    private Behavior<Command> onLookDue() {
        return look();
    }

    /** Who comes while a look is under way waits for the next one: this one may have seen too little. */
    private Behavior<Command> look() {
        if (!looking) {
            looking = true;
            asking = next;
            next = new ArrayList<>();
            starting = joining;
            joining = new ArrayList<>();
            getContext()
                    .pipeToSelf(
                            source.get(),
                            (objects, failure) -> new Looked(objects, failure == null ? "" : failure.toString()));
        }
        return this;
    }

    private Behavior<Command> onLooked(Looked message) {
        looking = false;
        List<ComputedObject> objects = message.objects();
        if (objects == null) {
            getContext().getLog().warn("not looked at the federation: {}", message.failure());
            fail();
        } else {
            List<ComputedCollection.Step> steps = collection.update(objects);
            following.removeIf(each -> !offer(each, events(each.request(), steps)));
            starting.forEach(this::begin);
            Seen seen = new Seen(collection.objects(), collection.version(), "");
            asking.forEach(replyTo -> replyTo.tell(seen));
        }
        asking = List.of();
        starting = List.of();
        if (!following.isEmpty()) {
            timers.startSingleTimer(LookDue.NOW, LookDue.NOW, interval);
        }
        return next.isEmpty() && joining.isEmpty() ? this : look();
    }

    private void fail() {
        String sentence = "the state of the federation is not known now";
        asking.forEach(replyTo -> replyTo.tell(new Seen(List.of(), 0, sentence)));
        starting.forEach(each -> end(each, Refusal.timeout(sentence, 1)));
    }

    private void begin(Follow follow) {
        WatchRequest request = follow.request();
        if (request.since().isEmpty()) {
            List<WatchEvent> present = new ArrayList<>();
            collection.objects().stream()
                    .filter(object -> wanted(request, object))
                    .forEach(object -> present.add(new WatchEvent.Added(object)));
            if (request.initialEventsEnd()) {
                present.add(new WatchEvent.Bookmark(collection.version(), true));
            }
            start(follow, present);
            return;
        }
        List<ComputedCollection.Step> missed = collection.since(request.since().getAsLong());
        if (missed == null) {
            end(
                    follow,
                    Refusal.expired("too old resource version: "
                            + request.since().getAsLong() + " (" + collection.version() + ")"));
        } else {
            start(follow, events(request, missed));
        }
    }

    private void start(Follow follow, List<WatchEvent> first) {
        if (offer(follow, first)) {
            following.add(follow);
        }
    }

    private static void end(Follow follow, Refusal refusal) {
        follow.events().offer(List.of(new WatchEvent.Failed(refusal)));
        follow.events().complete();
    }

    /** Whether the watch goes on; one that reads too slowly does not. */
    private static boolean offer(Follow follow, List<WatchEvent> events) {
        return events.isEmpty()
                || follow.events().offer(events).equals(QueueOfferResult.enqueued())
                || completed(follow);
    }

    private static boolean completed(Follow follow) {
        follow.events().complete();
        return false;
    }

    private static List<WatchEvent> events(WatchRequest request, List<ComputedCollection.Step> steps) {
        List<WatchEvent> events = new ArrayList<>();
        for (ComputedCollection.Step step : steps) {
            Resource before = wantedOrNull(request, step.before());
            Resource after = wantedOrNull(request, step.after());
            if (after != null) {
                events.add(before == null ? new WatchEvent.Added(after) : new WatchEvent.Modified(after));
            } else if (before != null) {
                events.add(new WatchEvent.Deleted(before));
            }
        }
        return events;
    }

    private static @Nullable Resource wantedOrNull(WatchRequest request, @Nullable Resource object) {
        return object != null && wanted(request, object) ? object : null;
    }

    private static boolean wanted(WatchRequest request, Resource object) {
        return request.collection().contains(object.key()) && request.filter().matches(object);
    }
}
