package dev.weft.registry;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import akka.cluster.typed.Cluster;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which processes of the cluster have come up, as each says of itself. One that has joined is there long before: until it
 * has loaded its classes and all that the others hold, whatever is given to it stands still. May be asked from any thread.
 */
final class ReadyProcesses implements Predicate<akka.actor.ActorRef> {
    private static final ServiceKey<Ready> KEY = ServiceKey.create(Ready.class, "weft-registry-ready");

    /** Nobody sends it: that the actor which would take it is there says all. */
    private interface Ready {}

    private final ActorSystem<?> system;
    private final Address self;
    private volatile Set<Address> ready = Set.of();

    private ReadyProcesses(ActorSystem<?> system) {
        this.system = system;
        self = Cluster.get(system).selfMember().address();
        system.systemActorOf(listening(), "weft-ready-processes", Props.empty());
    }

    /** Begins to listen to what the others say; says nothing itself. */
    static ReadyProcesses start(ActorSystem<?> system) {
        return new ReadyProcesses(system);
    }

    private Behavior<Receptionist.Listing> listening() {
        return Behaviors.setup(context -> {
            context.getSystem().receptionist().tell(Receptionist.subscribe(KEY, context.getSelf()));
            return Behaviors.receiveMessage(listing -> {
                // Also those that cannot be reached just now: whether they still count is for others to decide.
                ready = listing.getAllServiceInstances(KEY).stream()
                        .map(each -> global(each.path().address()))
                        .collect(Collectors.toUnmodifiableSet());
                return Behaviors.same();
            });
        });
    }

    /** Says, once, that this process has come up; taken back when its actor system ends. */
    void announce() {
        ActorRef<Ready> here = system.systemActorOf(Behaviors.ignore(), "weft-ready", Props.empty());
        system.receptionist().tell(Receptionist.register(KEY, here));
    }

    /** Whether the process of an actor has said so. */
    @Override
    public boolean test(akka.actor.ActorRef actor) {
        return ready.contains(global(actor.path().address()));
    }

    private Address global(Address address) {
        return address.hasGlobalScope() ? address : self;
    }
}
