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
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Gossip;
import dev.weft.registry.resource.FederatedService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Knows what all clusters export, for those who look at it. It follows gossip by itself, so that looking costs the shards
 * nothing; a restart loses nothing, since gossip tells everything again.
 */
public final class FederatedServicesActor extends AbstractBehavior<FederatedServicesActor.Command> {

    /** What it hears. */
    public sealed interface Command {}

    private record FromGossip(FederationEvent event) implements Command {}

    /** Tell what there is, once gossip has told all that it knew at the start. */
    public record GetServices(ActorRef<Services> replyTo) implements Command {}

    /** All exported names, in order; what has not changed since it was last told is the same object. */
    public record Services(List<FederatedService> services) {
        public Services {
            services = List.copyOf(services);
        }
    }

    private final FederatedServiceView view = new FederatedServiceView();
    private final List<ActorRef<Services>> waiting = new ArrayList<>();
    private boolean caughtUp;

    /** Follows one gossip node. */
    public static Behavior<Command> create(Gossip gossip) {
        return Behaviors.setup(context -> new FederatedServicesActor(context, gossip));
    }

    /**
     * Starts one beside the shards of a process.
     *
     * @param timeout of a question
     * @return asks it; fails if it does not answer in time
     */
    public static Supplier<CompletionStage<List<FederatedService>>> start(
            ActorSystem<?> system, Gossip gossip, Duration timeout) {
        ActorRef<Command> actor = system.systemActorOf(create(gossip), "weft-federated-services", Props.empty());
        return () -> AskPattern.<Command, Services>ask(actor, GetServices::new, timeout, system.scheduler())
                .thenApply(Services::services);
    }

    private FederatedServicesActor(ActorContext<Command> context, Gossip gossip) {
        super(context);
        gossip.follow(context.messageAdapter(FederationEvent.class, FromGossip::new));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FromGossip.class, this::onFromGossip)
                .onMessage(GetServices.class, this::onGetServices)
                .build();
    }

    private Behavior<Command> onFromGossip(FromGossip message) {
        view.apply(message.event());
        if (message.event() instanceof FederationEvent.CaughtUp) {
            caughtUp = true;
            waiting.forEach(this::tell);
            waiting.clear();
        }
        return this;
    }

    private Behavior<Command> onGetServices(GetServices message) {
        if (caughtUp) {
            tell(message.replyTo());
        } else {
            waiting.add(message.replyTo());
        }
        return this;
    }

    private void tell(ActorRef<Services> replyTo) {
        replyTo.tell(new Services(view.services()));
    }
}
