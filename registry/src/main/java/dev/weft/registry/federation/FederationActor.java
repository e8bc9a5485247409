package dev.weft.registry.federation;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.util.ByteString;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Gossip;
import dev.weft.gossip.Origin;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.allocation.Claim;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardCommand.Allocated;
import dev.weft.registry.shard.ShardCommand.Derived;
import dev.weft.registry.shard.ShardCommand.Submitted;
import dev.weft.registry.shard.ShardFeed;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One shard's part in the federation: tells the other clusters what its namespaces export, and writes into the shard
 * what they should import.
 *
 * <p>It is the companion of one shard and lives as long as that. A restart loses nothing: the shard and gossip tell
 * everything again. One write is in flight at a time; what changes meanwhile is taken together in the next one. Nothing
 * waits for a timer except an answer that does not come.
 */
public final class FederationActor extends AbstractBehavior<FederationActor.Command> {

    /** What it hears; all of it from the parts it was given. */
    public sealed interface Command {}

    private record FromShard(ShardFeed feed) implements Command {}

    private record FromGossip(FederationEvent event) implements Command {}

    private record DeriveAnswered(Derived derived) implements Command {}

    private record DeriveOverdue(long step) implements Command {}

    private record AllocationAnswered(
            ExportName name, @Nullable Allocated answer, String failure) implements Command {}

    private record AllocationRetryDue(ExportName name) implements Command {}

    private record StatusAnswered(Submitted answer) implements Command {}

    private final int shardIndex;
    private final FederationSettings settings;
    private final ActorRef<ShardCommand> shard;
    private final Gossip gossip;
    private final BiFunction<List<Claim>, Long, CompletionStage<Allocated>> allocate;
    private final InstantSource clock;
    private final TimerScheduler<Command> timers;
    private final ActorRef<ShardFeed> feedAdapter;
    private final ActorRef<Derived> derivedAdapter;
    private final ActorRef<Submitted> statusAdapter;
    private final ExportBook exports;
    private final Origin own;
    private final ImportBook imports;
    private final ExportStatuses statuses;
    private List<DerivedWrite> inFlight = List.of();
    private long step;
    private long shardVersion;
    private boolean shardKnown;
    private boolean published;
    private boolean caughtUp;

    /**
     * The companion of one shard.
     *
     * @param owned which namespaces belong to the shard, whether they exist or not
     * @param allocate claims addresses durably, later than a version of this shard; an answer that fails exceptionally is tried again
     */
    public static Behavior<Command> create(
            int shardIndex,
            FederationSettings settings,
            ActorRef<ShardCommand> shard,
            Predicate<String> owned,
            Gossip gossip,
            BiFunction<List<Claim>, Long, CompletionStage<Allocated>> allocate,
            InstantSource clock) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers ->
                new FederationActor(context, timers, shardIndex, settings, shard, owned, gossip, allocate, clock)));
    }

    private FederationActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            int shardIndex,
            FederationSettings settings,
            ActorRef<ShardCommand> shard,
            Predicate<String> owned,
            Gossip gossip,
            BiFunction<List<Claim>, Long, CompletionStage<Allocated>> allocate,
            InstantSource clock) {
        super(context);
        this.shardIndex = shardIndex;
        this.settings = settings;
        this.shard = shard;
        this.gossip = gossip;
        this.allocate = allocate;
        this.clock = clock;
        this.timers = timers;
        this.own = new Origin(settings.cluster(), shardIndex, 0);
        this.exports = new ExportBook(gossip.payloadBytes());
        this.imports = new ImportBook(owned, settings.families());
        this.statuses = new ExportStatuses(settings.cluster(), exports, imports);
        this.derivedAdapter = context.messageAdapter(Derived.class, DeriveAnswered::new);
        this.statusAdapter = context.messageAdapter(Submitted.class, StatusAnswered::new);
        this.feedAdapter = context.messageAdapter(ShardFeed.class, FromShard::new);
        gossip.follow(
                context.messageAdapter(FederationEvent.class, FromGossip::new),
                key -> owned.test(ExportKey.namespace(key)));
        shard.tell(new ShardCommand.Follow(0, feedAdapter));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(FromShard.class, this::onFromShard)
                .onMessage(FromGossip.class, this::onFromGossip)
                .onMessage(DeriveAnswered.class, this::onDeriveAnswered)
                .onMessage(DeriveOverdue.class, this::onDeriveOverdue)
                .onMessage(AllocationAnswered.class, this::onAllocationAnswered)
                .onMessage(AllocationRetryDue.class, this::onAllocationRetryDue)
                .onMessage(StatusAnswered.class, this::onStatusAnswered)
                .onSignal(PostStop.class, signal -> stopped())
                .build();
    }

    /** The shard may go on in another process, which then writes for it: two who did would outdo each other for ever. */
    private Behavior<Command> stopped() {
        if (published) {
            gossip.release(shardIndex);
        }
        return this;
    }

    private Behavior<Command> onFromShard(FromShard message) {
        if (message.feed() instanceof ShardFeed.Snapshot snapshot) {
            if (snapshot.first()) {
                shardKnown = false;
                exports.clear();
                imports.clear();
            }
            snapshot.part().forEach(each -> apply(each.key(), null, each));
            shardVersion = Math.max(shardVersion, snapshot.version());
            if (snapshot.last()) {
                // The snapshot may be of a while ago, with all that happened since on its way behind it. To act on the
                // old state would withdraw what was exported meanwhile, so the shard says when that has been told.
                shard.tell(new ShardCommand.Close(0, snapshot.version(), feedAdapter));
            }
        } else if (message.feed() instanceof ShardFeed.Closed closed) {
            shardKnown = true;
            shardVersion = Math.max(shardVersion, closed.last());
        } else if (message.feed() instanceof ShardFeed.Committed committed) {
            for (Change change : committed.changes()) {
                apply(change.key(), change.before(), change.after());
            }
            shardVersion = Math.max(shardVersion, committed.version());
        }
        return proceed();
    }

    private void apply(ResourceKey key, @Nullable Resource before, @Nullable Resource after) {
        imports.apply(key, before, after);
        ExportName concerned = exports.apply(key, before, after);
        if (concerned != null) {
            statuses.look(concerned);
        }
    }

    private Behavior<Command> onFromGossip(FromGossip message) {
        caughtUp |= message.event() instanceof FederationEvent.CaughtUp;
        if (message.event() instanceof FederationEvent.MembersChanged changed) {
            imports.standing(Standing.of(changed.members()));
        } else if (!isOwn(message.event())) {
            imports.exported().apply(message.event());
        }
        return proceed();
    }

    /** Own exports come from the shard itself: after a restart gossip learns of them only from here. */
    private boolean isOwn(FederationEvent event) {
        Origin origin = null;
        if (event instanceof FederationEvent.OriginState state) {
            origin = state.origin();
        } else if (event instanceof FederationEvent.OriginChanged changed) {
            origin = changed.origin();
        } else if (event instanceof FederationEvent.OriginGone gone) {
            origin = gone.origin();
        }
        return origin != null && origin.cluster().equals(settings.cluster());
    }

    private Behavior<Command> onDeriveAnswered(DeriveAnswered message) {
        timers.cancel(DeriveOverdue.class);
        inFlight = List.of();
        shardVersion = Math.max(shardVersion, message.derived().version());
        return proceed();
    }

    private Behavior<Command> onDeriveOverdue(DeriveOverdue message) {
        if (message.step() == step && !inFlight.isEmpty()) {
            getContext()
                    .getLog()
                    .warn(
                            "shard {} has not answered a write of {} imported objects within {}; asking again",
                            shardIndex,
                            inFlight.size(),
                            settings.deriveTimeout());
            derive();
        }
        return this;
    }

    private Behavior<Command> onAllocationAnswered(AllocationAnswered message) {
        if (message.answer() instanceof Allocated.Granted granted) {
            imports.grant(message.name(), granted.grants());
        } else {
            String why = message.answer() instanceof Allocated.Denied denied
                    ? denied.refusal().message()
                    : message.failure();
            getContext().getLog().warn("no clusterset address for {}: {}", message.name(), why);
            imports.deny(message.name(), why);
            AllocationRetryDue retry = new AllocationRetryDue(message.name());
            timers.startSingleTimer(retry, retry, settings.allocationRetry());
        }
        return proceed();
    }

    private Behavior<Command> onAllocationRetryDue(AllocationRetryDue message) {
        imports.retry(message.name());
        return proceed();
    }

    /** A conflict needs no answer: the newer version that caused it is on its way here and asks for another look. */
    private Behavior<Command> onStatusAnswered(StatusAnswered message) {
        if (message.answer() instanceof Submitted.Decided decided
                && decided.outcome() instanceof Write.Outcome.Refused refused
                && refused.refusal().reason() != Refusal.Reason.Conflict
                && refused.refusal().reason() != Refusal.Reason.NotFound) {
            getContext()
                    .getLog()
                    .warn(
                            "conditions of a ServiceExport not written: {}",
                            refused.refusal().message());
        }
        return this;
    }

    private Behavior<Command> proceed() {
        if (shardKnown) {
            publish();
            if (caughtUp && inFlight.isEmpty()) {
                bringUpToDate();
            }
            if (caughtUp) {
                writeStatuses();
            }
        }
        return this;
    }

    private void publish() {
        if (published) {
            List<RecordChange> changes = exports.changes();
            if (!changes.isEmpty()) {
                gossip.publish(shardIndex, shardVersion, changes);
                imports.exported().apply(new FederationEvent.OriginChanged(own, changes));
            }
        } else {
            published = true;
            Map<String, ByteString> everything = exports.everything();
            gossip.reset(shardIndex, shardVersion, everything);
            List<RecordChange> records = everything.entrySet().stream()
                    .map(each -> new RecordChange(each.getKey(), each.getValue()))
                    .toList();
            imports.exported().apply(new FederationEvent.OriginState(own, records));
        }
        exports.judged().forEach(statuses::look);
    }

    private void bringUpToDate() {
        List<DerivedWrite> writes = new ArrayList<>();
        List<ExportName> names =
                imports.waiting().stream().limit(settings.namesPerStep()).toList();
        while (!names.isEmpty() && writes.isEmpty()) {
            for (ExportName name : names) {
                if (writes.size() >= settings.namesPerStep()) {
                    break; // a name may take one for each cluster; the rest waits
                }
                ImportBook.Step next = imports.step(name, clock.instant());
                writes.addAll(next.writes());
                if (!next.claims().isEmpty()) {
                    claim(name, next.claims());
                }
                statuses.look(name);
            }
            names = imports.waiting().stream().limit(settings.namesPerStep()).toList();
        }
        if (!writes.isEmpty()) {
            step++;
            inFlight = writes;
            derive();
        }
    }

    private void derive() {
        timers.startSingleTimer(DeriveOverdue.class, new DeriveOverdue(step), settings.deriveTimeout());
        shard.tell(new ShardCommand.Derive(inFlight, derivedAdapter));
    }

    private void claim(ExportName name, List<Claim> claims) {
        getContext()
                .pipeToSelf(
                        allocate.apply(claims, shardVersion),
                        (answer, failure) -> failure == null
                                ? new AllocationAnswered(name, answer, "")
                                : new AllocationAnswered(name, null, "the allocation failed: " + failure));
    }

    private void writeStatuses() {
        statuses.due(clock.instant())
                .forEach(write -> shard.tell(new ShardCommand.Submit(write, List.of(), statusAdapter)));
    }
}
