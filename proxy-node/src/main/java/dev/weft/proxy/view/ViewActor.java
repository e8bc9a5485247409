package dev.weft.proxy.view;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Owns the current picture: follows the collections it is made from and tells the subscriber each new one.
 *
 * <p>What waits in the inbox when the actor gets its turn becomes one picture; a lone change is told at once, and in a
 * storm the {@link ViewPace} lets more gather before the next. A restart loses the picture and lists everything again; the subscriber keeps the
 * last one meanwhile.
 */
public final class ViewActor extends AbstractBehavior<ViewActor.Command> {

    /** What the actor understands. */
    public sealed interface Command {}

    private enum NewsWaiting implements Command {
        INSTANCE
    }

    private enum PauseOver implements Command {
        INSTANCE
    }

    private final TimerScheduler<Command> timers;
    private final ViewSource source;
    private final ActorRef<ViewUpdate> subscriber;
    private final ViewInbox inbox;
    private final List<ResourceFeed.Subscription> subscriptions = new ArrayList<>();
    private ServiceView view;
    private final PodWeights podWeights;
    /** Those that want the weights of Pods. */
    private final Set<ServiceKey> weighing = new HashSet<>();

    private ResourceFeed.@Nullable Subscription pods;
    private boolean published;
    private boolean pausing;
    private boolean newsWaiting;

    /** Follows the feed for the node of that name; the first picture comes when every needed collection is listed. */
    public static Behavior<Command> create(String nodeName, ViewSource source, ActorRef<ViewUpdate> subscriber) {
        return Behaviors.withTimers(
                timers -> Behaviors.setup(context -> new ViewActor(context, timers, nodeName, source, subscriber)));
    }

    private ViewActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String nodeName,
            ViewSource source,
            ActorRef<ViewUpdate> subscriber) {
        super(context);
        this.timers = timers;
        this.source = source;
        this.subscriber = subscriber;
        this.view = ServiceView.empty(nodeName);
        ActorRef<Command> self = context.getSelf();
        this.inbox = new ViewInbox(() -> self.tell(NewsWaiting.INSTANCE));
        this.podWeights = new PodWeights(() -> self.tell(NewsWaiting.INSTANCE));
        for (WatchedKind kind : WatchedKind.values()) {
            subscriptions.add(source.feed().follow(kind.path(), inbox.follower(kind)));
        }
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(NewsWaiting.class, this::onNewsWaiting)
                .onMessage(PauseOver.class, this::onPauseOver)
                .onSignal(PostStop.class, signal -> stopFollowing())
                .onSignal(PreRestart.class, signal -> stopFollowing())
                .build();
    }

    private Behavior<Command> onPauseOver(PauseOver command) {
        pausing = false;
        return newsWaiting ? onNewsWaiting(NewsWaiting.INSTANCE) : this;
    }

    private Behavior<Command> onNewsWaiting(NewsWaiting command) {
        newsWaiting = pausing;
        List<ViewBatch> batches = pausing ? null : inbox.drain();
        if (batches == null) {
            return this;
        }
        Duration pause = source.pace()
                .after(batches.stream()
                        .mapToInt(batch -> batch.changes().size())
                        .sum());
        if (!pause.isZero()) {
            pausing = true;
            timers.startSingleTimer(PauseOver.INSTANCE, pause);
        }
        ViewUpdate update = view.apply(batches, pods == null ? Map.of() : podWeights.byUid());
        boolean leaving = view.nodeLeaving() != update.view().nodeLeaving();
        view = update.view();
        if (!published || leaving || !update.touched().isEmpty()) {
            subscriber.tell(published ? update : new ViewUpdate(view, view.keys(), true));
            published = true;
        }
        followPods(update);
        return this;
    }

    private void followPods(ViewUpdate update) {
        for (ServiceKey key : update.touched()) {
            ServicePicture picture = view.get(key);
            ServiceEntry entry = picture == null ? null : picture.entry();
            if (entry != null && source.podWeights().test(entry)) {
                weighing.add(key);
            } else {
                weighing.remove(key);
            }
        }
        ResourceFeed.Subscription following = pods;
        if (following == null && !weighing.isEmpty()) {
            pods = source.feed().follow(PodWeights.PATH, podWeights);
        } else if (following != null && weighing.isEmpty()) {
            following.stop();
            pods = null;
        }
    }

    private Behavior<Command> stopFollowing() {
        subscriptions.forEach(ResourceFeed.Subscription::stop);
        if (pods != null) {
            pods.stop();
        }
        return this;
    }
}
