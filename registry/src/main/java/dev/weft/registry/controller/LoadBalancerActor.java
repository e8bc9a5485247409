package dev.weft.registry.controller;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.HubNews;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives Services of type LoadBalancer their addresses from the configured pools, in {@code status.loadBalancer}.
 *
 * <p>Owns a {@link LoadBalancerBook}. Exactly one may run in a cluster; a new one knows all that was given from the
 * Services themselves, and gives nothing before it has heard of every shard. One Service is judged at a time, afresh.
 */
public final class LoadBalancerActor extends AbstractBehavior<LoadBalancerActor.Command> {
    private static final ResourceType SERVICES = new ResourceType("", "services");

    /** What it hears. */
    public sealed interface Command {}

    private record News(HubNews news) implements Command {}

    private record Found(
            ResourceKey key,
            Optional<Resource> service,
            @Nullable Throwable failure) implements Command {}

    private record Written(ResourceKey key, @Nullable String failure) implements Command {}

    private record Retry(ResourceKey key) implements Command {}

    private final GarbageActor.Ports ports;
    private final LoadBalancerSettings settings;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final TimerScheduler<Command> timers;
    private final LoadBalancerBook book;
    private final Set<Integer> heard = new HashSet<>();
    private final Set<ResourceKey> known = new HashSet<>();
    private final LinkedHashSet<ResourceKey> due = new LinkedHashSet<>();
    private @Nullable ResourceKey judged;

    private LoadBalancerActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            GarbageActor.Ports ports,
            LoadBalancerSettings settings,
            InstantSource clock,
            RandomGenerator random) {
        super(context);
        context.setLoggerName(LoadBalancerActor.class);
        this.timers = timers;
        this.ports = ports;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
        this.book = new LoadBalancerBook(settings.pools());
        ports.listen().accept(context.messageAdapter(HubNews.class, News::new));
    }

    /** Starts to listen at once. */
    public static Behavior<Command> create(
            GarbageActor.Ports ports, LoadBalancerSettings settings, InstantSource clock, RandomGenerator random) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new LoadBalancerActor(context, timers, ports, settings, clock, random)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(News.class, this::onNews)
                .onMessage(Found.class, this::onFound)
                .onMessage(Written.class, this::onWritten)
                .onMessage(Retry.class, this::onRetry)
                .build();
    }

    private Behavior<Command> onNews(News message) {
        if (message.news() instanceof HubNews.Held held) {
            heard.add(held.shard());
            for (ResourceKey key : Set.copyOf(known)) {
                if (ports.placement().applyAsInt(key) == held.shard()
                        && held.objects().get(key) == null) {
                    apply(key, null);
                }
            }
            held.objects().all().forEach(object -> apply(object.key(), object));
        } else if (message.news() instanceof HubNews.Changed changed) {
            for (Change change : changed.changes()) {
                apply(change.key(), change.after());
            }
        }
        return judgeNext();
    }

    /** Notes who holds what; judges later what may be due. */
    private void apply(ResourceKey key, @Nullable Resource after) {
        if (!key.type().equals(SERVICES)) {
            return;
        }
        if (after == null) {
            if (known.remove(key)) {
                book.release(key);
            }
        } else if (known.contains(key) || after.json().mentions("LoadBalancer\"")) {
            due.add(key);
            if (known.add(key)) {
                // Only what was given before this began is learnt from a status, which others may write to.
                book.holds(key, LoadBalancerVerdict.listed(after.json().toTree()));
            }
        }
    }

    private Behavior<Command> judgeNext() {
        if (book.takeFreed()) {
            due.addAll(book.unserved());
        }
        if (judged == null && heard.size() == ports.shards() && !due.isEmpty()) {
            ResourceKey key = due.iterator().next();
            due.remove(key);
            judged = key;
            getContext()
                    .pipeToSelf(
                            ports.get().apply(key),
                            (found, thrown) -> new Found(key, found == null ? Optional.empty() : found, thrown));
        }
        return this;
    }

    private Behavior<Command> onFound(Found message) {
        ResourceKey key = message.key();
        if (message.failure() != null) {
            return finish(key, String.valueOf(message.failure()));
        }
        Optional<Write> write = message.service().flatMap(service -> verdict(service, clock.instant()));
        if (write.isEmpty()) {
            return finish(key, null);
        }
        getContext().pipeToSelf(ports.write().apply(write.get()), (outcome, thrown) -> {
            if (thrown != null) {
                return new Written(key, String.valueOf(thrown));
            }
            return new Written(
                    key,
                    outcome instanceof Write.Outcome.Refused no ? no.refusal().message() : null);
        });
        return this;
    }

    private Optional<Write> verdict(Resource service, Instant now) {
        JsonNode tree = service.json().toTree();
        if (LoadBalancerVerdict.isOurs(tree)) {
            LoadBalancerBook.Served served = LoadBalancerVerdict.unreadable(tree)
                    .map(why -> book.refuse(service.key(), why))
                    .orElseGet(() -> book.serve(
                            service.key(),
                            tree.path("spec").path("ipFamilies"),
                            LoadBalancerVerdict.wishes(tree),
                            LoadBalancerVerdict.wishField(tree),
                            random));
            Optional<Write> told = LoadBalancerVerdict.served(service, served, now);
            if (told.isPresent() && !served.refusal().isEmpty()) {
                getContext().getLog().warn("{} has no load-balancer address: {}", service.key(), served.refusal());
            }
            return told;
        }
        Optional<Write> withdrawal = LoadBalancerVerdict.withdrawn(service, book);
        if (withdrawal.isEmpty()) {
            known.remove(service.key());
            book.release(service.key());
        }
        return withdrawal;
    }

    /** Looked at once more, with what came of it; after a while, so that writes cannot follow one another without a pause. */
    private Behavior<Command> onWritten(Written message) {
        timers.startSingleTimer(message.key(), new Retry(message.key()), settings.retry());
        return finish(message.key(), message.failure());
    }

    /** What failed is judged again after a while. */
    private Behavior<Command> finish(ResourceKey key, @Nullable String failure) {
        judged = null;
        if (failure != null) {
            due.remove(key);
            getContext().getLog().debug("{} gets its load-balancer address later: {}", key, failure);
            timers.startSingleTimer(key, new Retry(key), settings.retry());
        }
        return judgeNext();
    }

    private Behavior<Command> onRetry(Retry message) {
        due.add(message.key());
        return judgeNext();
    }
}
