package dev.weft.registry.controller;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import dev.weft.registry.controller.LivenessBook.Due;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.HubNews;
import dev.weft.registry.watch.ResourceTree;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acts on silence: a node of which nothing is heard, and a Pod whose agent is not heard of. What it learns it keeps in a
 * {@link LivenessBook}; what follows from it {@link PodLiveness} says. One at a time in a cluster is enough; a restart
 * begins with a grace for all, by a clock of its own, so that a control plane that was away blames nobody for it.
 */
public final class LifecycleActor extends AbstractBehavior<LifecycleActor.Command> {

    /** What it hears. */
    public sealed interface Command {}

    private record News(HubNews news) implements Command {}

    /** Time to see who was silent for too long. */
    record LookDue() implements Command {}

    private record Done(
            Due due, boolean nothingToDo, @Nullable Throwable failure) implements Command {}

    /**
     * How it reaches the objects.
     *
     * @param listen asks the hub for its news
     * @param placement which shard an object belongs to
     * @param objects all objects as this node's hub has them, of a shard or (for the number of shards) of all; must not block
     * @param get the newest state
     * @param write carries out a write
     * @param steady how time passes, never going back
     * @param wall what time it is, for what people read
     */
    public record Ports(
            Consumer<ActorRef<HubNews>> listen,
            Function<ResourceKey, Integer> placement,
            IntFunction<ResourceTree> objects,
            int shards,
            Function<ResourceKey, CompletionStage<Optional<Resource>>> get,
            Function<Write, CompletionStage<Write.Outcome>> write,
            InstantSource steady,
            InstantSource wall) {}

    private static final Logger log = LoggerFactory.getLogger(LifecycleActor.class);

    private final Ports ports;
    private final LifecycleSettings settings;
    private final LivenessBook book;
    private final AwakeClock awake;
    private final Set<Object> underWay = new HashSet<>();
    private Duration now = Duration.ZERO;

    private LifecycleActor(ActorContext<Command> context, Ports ports, LifecycleSettings settings) {
        super(context);
        this.ports = ports;
        this.settings = settings;
        this.book = new LivenessBook(settings);
        this.awake =
                new AwakeClock(settings.tick().multipliedBy(2), ports.steady().instant());
        ports.listen().accept(context.messageAdapter(HubNews.class, News::new));
    }

    /** Starts to listen at once. */
    public static Behavior<Command> create(Ports ports, LifecycleSettings settings) {
        return Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new LookDue(), settings.tick());
            return Behaviors.setup(context -> new LifecycleActor(context, ports, settings));
        });
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(News.class, this::onNews)
                .onMessage(LookDue.class, due -> onLookDue())
                .onMessage(Done.class, this::onDone)
                .build();
    }

    private Behavior<Command> onNews(News message) {
        if (message.news() instanceof HubNews.Held held) {
            for (ResourceKey known : book.all()) {
                if (ports.placement().apply(known) == held.shard()
                        && held.objects().get(known) == null) {
                    book.apply(known, null, now);
                }
            }
            held.objects()
                    .range(Collection.everywhere(LivenessBook.LEASES))
                    .forEach(lease -> book.apply(lease.key(), lease, now));
            held.objects()
                    .range(Collection.everywhere(LivenessBook.PODS))
                    .forEach(pod -> book.apply(pod.key(), pod, now));
        } else if (message.news() instanceof HubNews.Changed changed) {
            for (Change change : changed.changes()) {
                book.apply(change.key(), change.after(), now);
            }
        }
        return this;
    }

    private Behavior<Command> onLookDue() {
        now = awake.at(ports.steady().instant());
        for (Due due : book.due(now)) {
            Object subject = subject(due);
            if (underWay.add(subject)) {
                getContext()
                        .pipeToSelf(
                                carryOut(due),
                                (nothing, failure) -> new Done(due, failure == null && nothing, failure));
            }
        }
        return this;
    }

    /** One thing at a time is done to each. */
    private static Object subject(Due due) {
        if (due instanceof Due.Sweep sweep) {
            return sweep.node();
        }
        return due instanceof Due.Lose lose ? lose.pod() : ((Due.Remove) due).pod();
    }

    private Behavior<Command> onDone(Done message) {
        Due due = message.due();
        underWay.remove(subject(due));
        if (message.failure() != null) {
            log.debug("{} is tried again: {}", due, String.valueOf(message.failure()));
        } else if (due instanceof Due.Sweep sweep && message.nothingToDo()) {
            book.settled(sweep.node(), sweep.silent(), now);
        }
        return this;
    }

    /** Tells whether there was nothing to do. */
    private CompletionStage<Boolean> carryOut(Due due) {
        Instant wall = ports.wall().instant();
        if (due instanceof Due.Sweep sweep) {
            return ports.get()
                    .apply(LivenessBook.leaseOf(sweep.node()))
                    .thenCompose(lease -> sweep.silent() && hasSpoken(lease, sweep.lease())
                            ? CompletableFuture.completedStage(false)
                            : sweepNode(sweep, wall));
        }
        return due instanceof Due.Lose lose
                ? lose(lose, wall)
                : change(((Due.Remove) due).pod(), ((Due.Remove) due).uid(), PodLiveness::removal);
    }

    private static boolean hasSpoken(Optional<Resource> lease, String lastHeard) {
        return lease.filter(present -> !present.json()
                        .toTree()
                        .path("spec")
                        .path("renewTime")
                        .asText()
                        .equals(lastHeard))
                .isPresent();
    }

    private CompletionStage<Boolean> sweepNode(Due.Sweep sweep, Instant wall) {
        List<Write> writes = new ArrayList<>();
        ResourceKey key = new ResourceKey(LivenessBook.NODES, "", sweep.node());
        CompletionStage<Boolean> node = CompletableFuture.completedStage(true);
        if (sweep.silent()) {
            node = ports.get()
                    .apply(key)
                    .thenCompose(found -> found.flatMap(present -> PodLiveness.nodeSilent(present, wall))
                            .map(this::write)
                            .orElseGet(() -> CompletableFuture.completedStage(true)));
        }
        // Bytes are looked through before anything is parsed: most Pods stand elsewhere.
        for (Resource pod : ports.objects().apply(ports.shards()).range(Collection.everywhere(LivenessBook.PODS))) {
            if (writes.size() < settings.parallel() && isOn(pod, sweep.node())) {
                due(pod, sweep, wall).ifPresent(writes::add);
            }
        }
        CompletionStage<Boolean> all = node;
        for (Write write : writes) {
            all = all.thenCombine(write(write), (before, done) -> before && done);
        }
        return all;
    }

    private static Optional<Write> due(Resource pod, Due.Sweep sweep, Instant wall) {
        if (!sweep.silent()) {
            return PodLiveness.podOfReturnedNode(pod, wall);
        }
        Optional<Write> removal = sweep.remove() ? PodLiveness.removalOfSilentNode(pod) : Optional.empty();
        return removal.isPresent() ? removal : PodLiveness.podOfSilentNode(pod, wall);
    }

    private static boolean isOn(Resource pod, String node) {
        return pod.json().mentions('"' + node + '"')
                && pod.json().toTree().path("spec").path("nodeName").asText().equals(node);
    }

    /**
     * First the Lease goes, under the version that was silent: a renewal that is waiting to be stored comes first, and
     * then this fails. An agent that renews later finds no Lease, and knows what was thought of it.
     */
    private CompletionStage<Boolean> lose(Due.Lose due, Instant wall) {
        Resource lease = glance(LivenessBook.leaseOf(due.pod()));
        CompletionStage<Boolean> taken = lease == null
                ? CompletableFuture.completedStage(true)
                : ports.write().apply(removalOf(lease)).thenApply(LifecycleActor::isGone);
        return taken.thenCompose(gone -> gone
                ? change(due.pod(), due.uid(), pod -> {
                    log.info("Nothing is heard of what runs {}: it is not ready any more", due.pod());
                    return PodLiveness.podWithoutAgent(pod, wall);
                })
                : CompletableFuture.completedStage(false));
    }

    private @Nullable Resource glance(ResourceKey key) {
        return ports.objects().apply(ports.placement().apply(key)).get(key);
    }

    private static Write removalOf(Resource lease) {
        return new Write.Delete(
                lease.key(),
                new Write.Deletion(
                        Optional.of(lease.uid()),
                        Optional.of(Long.toString(lease.version())),
                        Optional.empty(),
                        Optional.empty()),
                Write.Options.DEFAULT);
    }

    private static boolean isGone(Write.Outcome outcome) {
        return outcome instanceof Write.Outcome.Done
                || (outcome instanceof Write.Outcome.Refused no && no.refusal().reason() == Refusal.Reason.NotFound);
    }

    private CompletionStage<Boolean> change(ResourceKey pod, String uid, Function<Resource, Write> write) {
        return ports.get()
                .apply(pod)
                .thenCompose(found -> found.filter(present -> present.uid().equals(uid))
                        .map(write)
                        .map(this::write)
                        .orElseGet(() -> CompletableFuture.completedStage(true)));
    }

    /** What is refused, because it has changed meanwhile, is judged again at the next look. */
    private CompletionStage<Boolean> write(Write write) {
        return ports.write().apply(write).thenApply(outcome -> false);
    }
}
