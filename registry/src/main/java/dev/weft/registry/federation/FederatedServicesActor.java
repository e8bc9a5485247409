package dev.weft.registry.federation;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.gossip.Gossip;
import dev.weft.registry.resource.FederatedService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers what all clusters export. It begins to follow gossip when somebody asks, and forgets all when nobody has asked for a
 * while: what a hundred clusters export takes much memory, and few look at it.
 */
public final class FederatedServicesActor extends AbstractBehavior<FederatedServicesActor.Command> {
    /** What it hears. */
    public sealed interface Command {}

    /** Tell what there is. */
    public record GetServices(ActorRef<Services> replyTo) implements Command {}

    private record NobodyAsked() implements Command {}

    private record FollowerGone(ActorRef<?> follower) implements Command {}

    /** All exported names, in order; what has not changed since it was last told is the same object. */
    public record Services(List<FederatedService> services) {
        public Services {
            services = List.copyOf(services);
        }
    }

    private final Gossip gossip;
    private final Duration kept;
    private final TimerScheduler<Command> timers;
    private @Nullable ActorRef<ServicesFollowerActor.Command> follower;

    /**
     * Follows one gossip node while somebody asks.
     *
     * @param kept how long after a question the answer is kept up to date
     */
    static Behavior<Command> create(Gossip gossip, Duration kept) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new FederatedServicesActor(context, timers, gossip, kept)));
    }

    /**
     * Starts one beside the shards of a process.
     *
     * @param kept how long after a question the answer is kept up to date
     * @param timeout of a question
     * @return asks it; fails if it does not answer in time
     */
    public static Supplier<CompletionStage<List<FederatedService>>> start(
            ActorSystem<?> system, Gossip gossip, Duration kept, Duration timeout) {
        ActorRef<Command> actor = system.systemActorOf(create(gossip, kept), "weft-federated-services", Props.empty());
        return () -> AskPattern.<Command, Services>ask(actor, GetServices::new, timeout, system.scheduler())
                .thenApply(Services::services);
    }

    private FederatedServicesActor(
            ActorContext<Command> context, TimerScheduler<Command> timers, Gossip gossip, Duration kept) {
        super(context);
        this.timers = timers;
        this.gossip = gossip;
        this.kept = kept;
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(GetServices.class, this::onGetServices)
                .onMessage(NobodyAsked.class, nobody -> onNobodyAsked())
                .onMessage(FollowerGone.class, this::onFollowerGone)
                .build();
    }

    private Behavior<Command> onGetServices(GetServices message) {
        timers.startSingleTimer(new NobodyAsked(), kept);
        ActorRef<ServicesFollowerActor.Command> following = follower;
        if (following == null) {
            following = getContext().spawnAnonymous(ServicesFollowerActor.create(gossip));
            getContext().watchWith(following, new FollowerGone(following));
            follower = following;
        }
        following.tell(new ServicesFollowerActor.Tell(message.replyTo()));
        return this;
    }

    private Behavior<Command> onNobodyAsked() {
        ActorRef<ServicesFollowerActor.Command> following = follower;
        if (following != null) {
            getContext().stop(following);
            follower = null;
        }
        return this;
    }

    private Behavior<Command> onFollowerGone(FollowerGone message) {
        if (message.follower().equals(follower)) {
            follower = null;
        }
        return this;
    }
}
