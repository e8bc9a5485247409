package dev.weft.registry.shard;

import akka.actor.ActorPath;
import akka.actor.RootActorPath;
import akka.actor.typed.ActorRef;
import java.util.function.Consumer;

/** Where messages to one receiver on a simulated node go in: by the network from whichever node is running. */
final class SimulatedRef<T> implements ActorRef<T> {
    private static final long serialVersionUID = 1;

    private final transient SimulatedNode owner;
    private final transient Consumer<T> receiver;
    private final int number;

    SimulatedRef(SimulatedNode owner, Consumer<T> receiver) {
        this.owner = owner;
        this.receiver = receiver;
        this.number = owner.cluster().nextNumber();
    }

    SimulatedNode owner() {
        return owner;
    }

    @Override
    public void tell(T message) {
        T arriving = owner.cluster().network().running() == owner ? message : travelled(message);
        owner.cluster().network().deliver(owner, () -> receiver.accept(arriving));
    }

    /** What is left of a message after a journey between processes. */
    @SuppressWarnings("unchecked")
    private static <T> T travelled(T message) {
        return message instanceof ShardCommand.Submitted.Unallocated missing
                ? (T) new ShardCommand.Submitted.Unallocated(missing.wanted(), missing.version())
                : message;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <U extends T> ActorRef<U> narrow() {
        return (ActorRef<U>) this;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <U> ActorRef<U> unsafeUpcast() {
        return (ActorRef<U>) this;
    }

    @Override
    public ActorPath path() {
        return new RootActorPath(akka.actor.Address.apply("akka", owner.name()), "/").child("r" + number);
    }

    @Override
    public int compareTo(ActorRef<?> other) {
        return Integer.compare(number, ((SimulatedRef<?>) other).number);
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return number;
    }
}
