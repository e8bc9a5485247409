package dev.weft.registry.controller;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceType;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what has lost all its owners: dependants by owner reference, or address objects by parent.
 *
 * <p>The wiring feeds it every object of the collections it watches, as {@link Changed}. A restart loses only the grace
 * that was running. An object is judged by asking for its owners afresh, so a late or doubled message does no harm.
 */
public final class OrphanActor extends AbstractBehavior<OrphanActor.Command> {

    /** What it may be told. */
    public sealed interface Command {}

    /**
     * What an object became.
     *
     * @param after null if it is gone
     */
    public record Changed(ResourceKey key, @Nullable Resource after) implements Command {}

    private record JudgementDue(ResourceKey dependant) implements Command {}

    private record OwnerFound(Dependant dependant, Map<ResourceKey, Resource> owners, String failure)
            implements Command {}

    private record DeletionAnswered(ResourceKey key, String failure) implements Command {}

    /**
     * How it reaches the objects.
     *
     * @param get the newest state; empty if there is none. A stage that fails is asked again after the grace
     * @param delete removes the object if its uid is still the one named
     * @param grace how long an object may be without owner, e.g. because the owner is being written
     */
    public record Ports(
            Function<ResourceKey, CompletionStage<Optional<Resource>>> get, Deletion delete, Duration grace) {}

    /** Removes an object under a uid precondition. */
    @FunctionalInterface
    public interface Deletion {
        CompletionStage<?> delete(ResourceKey key, String uid);
    }

    private final TimerScheduler<Command> timers;
    private final Ports ports;
    private final OrphanBook book;

    /** Follows {@code metadata.ownerReferences}; kinds that the catalog does not know are never judged. */
    public static Behavior<Command> ofOwnerReferences(KindCatalog kinds, Ports ports) {
        Dependant.Types types = new Dependant.Types() {
            @Override
            public @Nullable ResourceType find(String group, String kind) {
                return kinds.all().stream()
                        .filter(each ->
                                each.kind().equals(kind) && each.type().group().equals(group))
                        .map(ResourceKind::type)
                        .findFirst()
                        .orElse(null);
            }

            @Override
            public boolean namespaced(ResourceType type) {
                ResourceKind kind = kinds.find(type);
                return kind == null || kind.namespaced();
            }
        };
        return create(object -> Dependant.byOwnerReferences(object, types), ports);
    }

    /** Follows {@code spec.parentRef} of IPAddress objects: the repair of allocations whose owner never came to be. */
    public static Behavior<Command> ofAddressParents(Ports ports) {
        return create(Dependant::byParent, ports);
    }

    private static Behavior<Command> create(Function<Resource, @Nullable Dependant> reader, Ports ports) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new OrphanActor(context, timers, reader, ports)));
    }

    private OrphanActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            Function<Resource, @Nullable Dependant> reader,
            Ports ports) {
        super(context);
        this.timers = timers;
        this.ports = ports;
        this.book = new OrphanBook(reader);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Changed.class, this::onChanged)
                .onMessage(JudgementDue.class, this::onJudgementDue)
                .onMessage(OwnerFound.class, this::onOwnerFound)
                .onMessage(DeletionAnswered.class, this::onDeletionAnswered)
                .build();
    }

    private Behavior<Command> onChanged(Changed message) {
        book.apply(message.key(), message.after()).forEach(this::judgeLater);
        return this;
    }

    private void judgeLater(ResourceKey dependant) {
        JudgementDue due = new JudgementDue(dependant);
        timers.startSingleTimer(due, due, ports.grace());
    }

    private Behavior<Command> onJudgementDue(JudgementDue message) {
        Dependant dependant = book.find(message.dependant());
        if (dependant != null) {
            getContext()
                    .pipeToSelf(
                            owners(dependant.owners()),
                            (found, failure) -> failure == null
                                    ? new OwnerFound(dependant, found, "")
                                    : new OwnerFound(dependant, Map.of(), failure.toString()));
        }
        return this;
    }

    private CompletionStage<Map<ResourceKey, Resource>> owners(List<Dependant.Owner> owners) {
        CompletionStage<Map<ResourceKey, Resource>> all =
                java.util.concurrent.CompletableFuture.completedFuture(new HashMap<>());
        for (Dependant.Owner owner : owners) {
            all = all.thenCombine(ports.get().apply(owner.key()), (found, object) -> {
                Map<ResourceKey, Resource> more = new HashMap<>(found);
                object.ifPresent(present -> more.put(owner.key(), present));
                return more;
            });
        }
        return all;
    }

    private Behavior<Command> onOwnerFound(OwnerFound message) {
        Dependant dependant = message.dependant();
        if (!message.failure().isEmpty()) {
            getContext().getLog().warn("owners of {} not found out: {}", dependant.key(), message.failure());
            judgeLater(dependant.key());
        } else if (dependant.equals(book.find(dependant.key())) && OrphanBook.orphaned(dependant, message.owners())) {
            getContext().getLog().info("{} has lost its last owner and is deleted", dependant.key());
            getContext()
                    .pipeToSelf(
                            ports.delete().delete(dependant.key(), dependant.uid()),
                            (done, failure) ->
                                    new DeletionAnswered(dependant.key(), failure == null ? "" : failure.toString()));
        }
        return this;
    }

    private Behavior<Command> onDeletionAnswered(DeletionAnswered message) {
        if (!message.failure().isEmpty()) {
            getContext().getLog().warn("{} not deleted: {}", message.key(), message.failure());
            judgeLater(message.key());
        }
        return this;
    }
}
