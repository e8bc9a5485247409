package dev.weft.registry.controller;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.registry.controller.Dependant.Owner;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.HubNews;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects garbage: deletes what has lost all its owners, and carries out foreground and orphan deletion.
 *
 * <p>Owns a {@link GarbageBook}, built from what the node's hub tells it. One at a time in a cluster is enough; a second
 * one, or a restart, does no harm: everything is judged by asking for the objects afresh, and written under
 * preconditions.
 */
public final class GarbageActor extends AbstractBehavior<GarbageActor.Command> {

    /** What it hears. */
    public sealed interface Command {}

    private record News(HubNews news) implements Command {}

    private record JudgementDue(ResourceKey key) implements Command {}

    private record Judged(ResourceKey key, @Nullable String failure) implements Command {}

    /**
     * How it reaches the objects.
     *
     * @param listen asks the hub for its news
     * @param placement which shard an object belongs to
     * @param shards how many there are
     * @param glance the object as this node's hub has it, which may be a little old; must not block
     * @param get the newest state
     * @param write carries out a write
     */
    public record Ports(
            Consumer<ActorRef<HubNews>> listen,
            ToIntFunction<ResourceKey> placement,
            int shards,
            Function<ResourceKey, @Nullable Resource> glance,
            Function<ResourceKey, CompletionStage<Optional<Resource>>> get,
            Function<Write, CompletionStage<Write.Outcome>> write) {}

    private final KindCatalog kinds;
    private final Ports ports;
    private final GarbageSettings settings;
    private final TimerScheduler<Command> timers;
    private final GarbageBook book;
    private final Set<Integer> heard = new HashSet<>();
    private final LinkedHashSet<ResourceKey> due = new LinkedHashSet<>();
    private final Set<ResourceKey> inFlight = new HashSet<>();

    private GarbageActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            KindCatalog kinds,
            Ports ports,
            GarbageSettings settings) {
        super(context);
        this.kinds = kinds;
        this.ports = ports;
        this.settings = settings;
        this.timers = timers;
        this.book = new GarbageBook(kinds);
        ports.listen().accept(context.messageAdapter(HubNews.class, News::new));
    }

    /** Starts to listen at once. */
    public static Behavior<Command> create(KindCatalog kinds, Ports ports, GarbageSettings settings) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new GarbageActor(context, timers, kinds, ports, settings)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(News.class, this::onNews)
                .onMessage(JudgementDue.class, this::onJudgementDue)
                .onMessage(Judged.class, this::onJudged)
                .build();
    }

    private Behavior<Command> onNews(News message) {
        if (message.news() instanceof HubNews.Held held) {
            onHeld(held);
        } else if (message.news() instanceof HubNews.Changed changed) {
            for (Change change : changed.changes()) {
                apply(change.key(), change.after());
            }
        }
        return this;
    }

    /** Whatever happened to the shard's objects meanwhile, this is how they are now. */
    private void onHeld(HubNews.Held held) {
        heard.add(held.shard());
        for (ResourceKey known : book.all()) {
            if (ports.placement().applyAsInt(known) == held.shard()
                    && held.objects().get(known) == null) {
                apply(known, null);
            }
        }
        held.objects().all().forEach(object -> apply(object.key(), object));
        book.all().forEach(this::suspect);
    }

    private void apply(ResourceKey key, @Nullable Resource after) {
        book.apply(key, after).forEach(this::suspect);
    }

    /** Judges later, unless a look at what this node holds shows that there is nothing to do. */
    private void suspect(ResourceKey key) {
        Dependant dependant = book.find(key);
        boolean fine = !book.isLeaving(key)
                && (dependant == null
                        || dependant.owners().stream()
                                .allMatch(owner -> !book.isLeaving(owner.key())
                                        && owner.is(ports.glance().apply(owner.key()))));
        if (!fine && !timers.isTimerActive(key)) {
            timers.startSingleTimer(key, new JudgementDue(key), settings.grace());
        }
    }

    private Behavior<Command> onJudgementDue(JudgementDue message) {
        due.add(message.key());
        return judgeNext();
    }

    private Behavior<Command> judgeNext() {
        while (!due.isEmpty() && inFlight.size() < settings.parallel()) {
            ResourceKey key = due.iterator().next();
            due.remove(key);
            if (!inFlight.add(key)) {
                // It changed while it was judged: once more, afterwards.
                timers.startSingleTimer(key, new JudgementDue(key), settings.grace());
            } else {
                getContext()
                        .pipeToSelf(
                                judge(key),
                                (failure, thrown) -> new Judged(
                                        key, thrown == null ? failure.orElse(null) : String.valueOf(thrown)));
            }
        }
        return this;
    }

    /** Finds out what is due and does it; says what went wrong, if anything did. */
    private CompletionStage<Optional<String>> judge(ResourceKey key) {
        Dependant dependant = book.find(key);
        List<Dependant> dependants = book.of(key);
        boolean leaving = book.isLeaving(key);
        if (heard.size() < ports.shards()) {
            return done("not all shards are known yet");
        }
        if (dependant == null && !leaving) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        return ports.get().apply(key).thenCompose(found -> {
            if (found.isEmpty()) {
                return CompletableFuture.completedStage(Optional.<String>empty());
            }
            Resource self = found.get();
            Optional<Write> release = leaving ? GarbageVerdict.ofOwner(self, dependants) : Optional.empty();
            return release.isPresent() ? carryOut(release.get()) : judgeDependant(self, !dependants.isEmpty());
        });
    }

    private CompletionStage<Optional<String>> judgeDependant(Resource self, boolean owns) {
        Dependant dependant = Dependant.read(self, kinds);
        if (dependant == null) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        return owners(dependant.owners())
                .thenCompose(owners -> GarbageVerdict.ofDependant(self, dependant, owners, owns)
                        .map(this::carryOut)
                        .orElseGet(() -> CompletableFuture.completedStage(Optional.empty())));
    }

    private CompletionStage<Map<ResourceKey, Resource>> owners(List<Owner> owners) {
        CompletionStage<Map<ResourceKey, Resource>> all = CompletableFuture.completedStage(Map.of());
        for (Owner owner : owners) {
            all = all.thenCombine(ports.get().apply(owner.key()), (found, object) -> {
                Map<ResourceKey, Resource> more = new HashMap<>(found);
                object.ifPresent(present -> more.put(owner.key(), present));
                return more;
            });
        }
        return all;
    }

    private CompletionStage<Optional<String>> carryOut(Write write) {
        return ports.write().apply(write).thenApply(outcome -> {
            if (outcome instanceof Write.Outcome.Refused no && no.refusal().reason() != Refusal.Reason.NotFound) {
                return Optional.of(no.refusal().message());
            }
            return Optional.empty();
        });
    }

    private static CompletionStage<Optional<String>> done(String failure) {
        return CompletableFuture.completedStage(Optional.of(failure));
    }

    private Behavior<Command> onJudged(Judged message) {
        inFlight.remove(message.key());
        if (message.failure() != null) {
            getContext().getLog().debug("{} is judged again: {}", message.key(), message.failure());
            timers.startSingleTimer(message.key(), new JudgementDue(message.key()), settings.grace());
        }
        return judgeNext();
    }
}
