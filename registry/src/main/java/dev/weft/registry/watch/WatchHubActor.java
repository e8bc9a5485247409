package dev.weft.registry.watch;

import akka.actor.typed.Behavior;
import akka.actor.typed.PreRestart;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;

/**
 * Follows all shards for one node and feeds the node's watchers and readers.
 *
 * <p>Owns the node's {@link WatchHub}, and its rhythms. Hears the shards (through {@link ShardLink}), and the front
 * door of the registry. A restart loses nothing but the past: watches end and are resumed or begin anew.
 */
public final class WatchHubActor extends AbstractBehavior<HubCommand> {
    private static final Duration RESTART = Duration.ofMillis(200);

    private final WatchHub hub;

    private WatchHubActor(ActorContext<HubCommand> context, WatchHub hub) {
        super(context);
        this.hub = hub;
    }

    /**
     * Starts to follow at once.
     *
     * @param clock the wall clock, for versions
     * @param ages a clock that is never set, for how old things are: the past must not expire because the wall clock jumped
     * @param links how to talk to the shards
     */
    public static Behavior<HubCommand> create(
            HubSettings settings,
            InstantSource clock,
            InstantSource ages,
            HubViews views,
            Function<ActorContext<HubCommand>, ShardLink> links) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new HubCommand.RoundDue(), settings.round());
            timers.startTimerWithFixedDelay(new HubCommand.BookmarksDue(), settings.bookmarks());
            Behavior<HubCommand> hub = Behaviors.setup(context ->
                    new WatchHubActor(context, new WatchHub(settings, clock, ages, views, links.apply(context))));
            return Behaviors.supervise(hub)
                    .onFailure(SupervisorStrategy.restartWithBackoff(RESTART, RESTART.multipliedBy(10), 0.2));
        });
    }

    @Override
    public Receive<HubCommand> createReceive() {
        return newReceiveBuilder()
                .onAnyMessage(this::onMessage)
                .onSignal(PreRestart.class, signal -> onPreRestart())
                .build();
    }

    private Behavior<HubCommand> onMessage(HubCommand message) {
        if (message instanceof HubCommand.Listen listen) {
            getContext().watchWith(listen.listener(), new HubCommand.ListenerGone(listen.listener()));
        }
        hub.hear(message);
        return this;
    }

    private Behavior<HubCommand> onPreRestart() {
        hub.endWatches();
        return this;
    }
}
