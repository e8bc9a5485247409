package dev.weft.api.mesh;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.stream.javadsl.Source;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationView;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The objects of one computed kind, to be read and watched like stored ones. A list is always whole: it may be longer
 * than its limit, as Kubernetes allows. Safe for many threads.
 */
public final class MeshObjects {
    private final ActorSystem<?> system;
    private final MeshSettings settings;
    private final ActorRef<ComputedKindActor.Command> actor;

    private MeshObjects(ActorSystem<?> system, MeshSettings settings, ActorRef<ComputedKindActor.Command> actor) {
        this.system = system;
        this.settings = settings;
        this.actor = actor;
    }

    /**
     * The members of the federation.
     *
     * @param id tells several API servers of one process apart
     */
    public static MeshObjects clusters(
            ActorSystem<?> system, MeshSettings settings, FederationView federation, InstantSource clock, String id) {
        return start(
                system,
                settings,
                MeshKinds.CLUSTERS,
                () -> federation
                        .members()
                        .thenApply(members ->
                                members.stream().map(ClusterObjects::of).toList()),
                clock,
                id);
    }

    /**
     * What the members export.
     *
     * @param id tells several API servers of one process apart
     */
    public static MeshObjects federatedServices(
            ActorSystem<?> system, MeshSettings settings, FederationView federation, InstantSource clock, String id) {
        return start(
                system,
                settings,
                MeshKinds.FEDERATED_SERVICES,
                () -> federation.services().thenCombine(federation.members(), (services, members) -> {
                    var byName = members.stream()
                            .collect(Collectors.toMap(ClusterMember::name, Function.identity(), (one, other) -> one));
                    return services.stream()
                            .map(service -> FederatedServiceObjects.of(service, byName))
                            .toList();
                }),
                clock,
                id);
    }

    private static MeshObjects start(
            ActorSystem<?> system,
            MeshSettings settings,
            ResourceKind kind,
            Supplier<CompletionStage<List<ComputedObject>>> source,
            InstantSource clock,
            String id) {
        ActorRef<ComputedKindActor.Command> actor = system.systemActorOf(
                ComputedKindActor.create(source, settings.interval(), settings.history(), clock),
                "weft-api-" + kind.type().plural() + "-" + id,
                Props.empty());
        return new MeshObjects(system, settings, actor);
    }

    /** One object, as it is now. */
    public CompletionStage<Answer<Resource>> get(ResourceKey key) {
        return look().thenApply(seen -> {
            if (!seen.failure().isEmpty()) {
                return new Answer.Refused<>(Refusal.timeout(seen.failure(), 1));
            }
            return seen.objects().stream()
                    .filter(object -> object.key().equals(key))
                    .findFirst()
                    .<Answer<Resource>>map(Answer.Found::new)
                    .orElseGet(() -> new Answer.Refused<>(Refusal.notFound(key)));
        });
    }

    /** All objects that are wanted, as they are now. */
    public CompletionStage<Answer<Listing>> list(ListRequest request) {
        return look().thenApply(seen -> {
            if (!seen.failure().isEmpty()) {
                return new Answer.Refused<>(Refusal.timeout(seen.failure(), 1));
            }
            if (request.version() instanceof VersionMatch.Exact exact && exact.version() != seen.version()) {
                return new Answer.Refused<>(Refusal.expired("The resourceVersion for the provided list is too old."));
            }
            List<Resource> wanted = seen.objects().stream()
                    .filter(object -> request.collection().contains(object.key())
                            && request.filter().matches(object))
                    .toList();
            return new Answer.Found<>(new Listing(wanted, seen.version(), "", 0));
        });
    }

    private CompletionStage<ComputedKindActor.Seen> look() {
        return AskPattern.<ComputedKindActor.Command, ComputedKindActor.Seen>ask(
                        actor, ComputedKindActor.Look::new, settings.timeout(), system.scheduler())
                .exceptionally(late -> new ComputedKindActor.Seen(
                        List.of(),
                        0,
                        "the federation did not answer within "
                                + settings.timeout().toSeconds() + " s"));
    }

    /** Changes, as {@link dev.weft.registry.Registry#watch} tells them. */
    public Source<WatchEvent, NotUsed> watch(WatchRequest request) {
        return Source.<List<WatchEvent>>queue(settings.watchBuffer())
                .watchTermination((queue, done) -> {
                    actor.tell(new ComputedKindActor.Follow(request, queue));
                    done.whenComplete((ended, failure) -> actor.tell(new ComputedKindActor.Unfollow(queue)));
                    return NotUsed.getInstance();
                })
                .mapConcat(events -> events);
    }
}
