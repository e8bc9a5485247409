package dev.weft.registry.federation;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Gossip;
import java.util.ArrayList;
import java.util.List;

/**
 * Knows what all clusters export, as long as it lives. It follows gossip by itself, so that looking costs the shards nothing; a
 * restart loses nothing, since gossip tells everything again.
 */
final class ServicesFollowerActor extends AbstractBehavior<ServicesFollowerActor.Command> {

    /** What it hears. */
    sealed interface Command {}

    private record FromGossip(FederationEvent event) implements Command {}

    /** Tell what there is, once gossip has told all that it knew at the start. */
    record Tell(ActorRef<FederatedServicesActor.Services> replyTo) implements Command {}

    private final FederatedServiceView view = new FederatedServiceView();
    private final List<ActorRef<FederatedServicesActor.Services>> waiting = new ArrayList<>();
    private boolean caughtUp;

    /** Follows one gossip node. */
    static Behavior<Command> create(Gossip gossip) {
        return Behaviors.setup(context -> new ServicesFollowerActor(context, gossip));
    }

    private ServicesFollowerActor(ActorContext<Command> context, Gossip gossip) {
        super(context);
        gossip.follow(context.messageAdapter(FederationEvent.class, FromGossip::new));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FromGossip.class, this::onFromGossip)
                .onMessage(Tell.class, this::onTell)
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

    private Behavior<Command> onTell(Tell message) {
        if (caughtUp) {
            tell(message.replyTo());
        } else {
            waiting.add(message.replyTo());
        }
        return this;
    }

    private void tell(ActorRef<FederatedServicesActor.Services> replyTo) {
        replyTo.tell(new FederatedServicesActor.Services(view.services()));
    }
}
