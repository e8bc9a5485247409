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
import java.util.List;

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
    private final ViewPace pace;
    private final ActorRef<ViewUpdate> subscriber;
    private final ViewInbox inbox;
    private final List<ResourceFeed.Subscription> subscriptions = new ArrayList<>();
    private ServiceView view;
    private boolean published;
    private boolean pausing;
    private boolean newsWaiting;

    /** Follows the feed for the node of that name; the first picture comes when every needed collection is listed. */
    public static Behavior<Command> create(
            String nodeName, ResourceFeed feed, ViewPace pace, ActorRef<ViewUpdate> subscriber) {
        return Behaviors.withTimers(
                timers -> Behaviors.setup(context -> new ViewActor(context, timers, nodeName, feed, pace, subscriber)));
    }

    private ViewActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String nodeName,
            ResourceFeed feed,
            ViewPace pace,
            ActorRef<ViewUpdate> subscriber) {
        super(context);
        this.timers = timers;
        this.pace = pace;
        this.subscriber = subscriber;
        this.view = ServiceView.empty(nodeName);
        ActorRef<Command> self = context.getSelf();
        this.inbox = new ViewInbox(() -> self.tell(NewsWaiting.INSTANCE));
        for (WatchedKind kind : WatchedKind.values()) {
            subscriptions.add(feed.follow(kind.path(), inbox.follower(kind)));
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
        Duration pause = pace.after(
                batches.stream().mapToInt(batch -> batch.changes().size()).sum());
        if (!pause.isZero()) {
            pausing = true;
            timers.startSingleTimer(PauseOver.INSTANCE, pause);
        }
        ViewUpdate update = view.apply(batches);
        boolean leaving = view.nodeLeaving() != update.view().nodeLeaving();
        view = update.view();
        if (!published || leaving || !update.touched().isEmpty()) {
            subscriber.tell(published ? update : new ViewUpdate(view, view.keys(), true));
            published = true;
        }
        return this;
    }

    private Behavior<Command> stopFollowing() {
        subscriptions.forEach(ResourceFeed.Subscription::stop);
        return this;
    }
}
