package dev.weft.proxy.nftables;

import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServiceView;
import dev.weft.proxy.view.ViewUpdate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the kernel's table as the picture wants it, one transaction at a time. What changes while one is under way goes
 * into the next together (rule KP-11), so that a lone change is not kept waiting and a storm is folded. A refused
 * transaction is followed by one that makes the whole table anew.
 *
 * <p>A restart of the actor loses what it knows, reads the table and goes on from there; the kernel serves meanwhile.
 */
final class NftablesActor extends AbstractBehavior<NftablesActor.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(NftablesActor.class);
    private static final Duration MAX_RESTART = Duration.ofSeconds(10);
    private static final double RESTART_JITTER = 0.2;
    /** Much longer than it takes a listener to close. */
    private static final Duration LISTENERS_CLOSE = Duration.ofSeconds(1);

    /** What the actor understands. */
    sealed interface Command {}

    /** A new picture. */
    record Viewed(ViewUpdate update) implements Command {}

    private record Inspected(KernelTable.Found found) implements Command {}

    private record Applied(Commands.Output output, Set<ServiceKey> changed) implements Command {}

    /** Somebody wants to know how many connections the kernel leads. */
    enum Count implements Command {
        INSTANCE
    }

    private record Counted(KernelCounters.@Nullable Reading reading) implements Command {}

    private enum CountAgain implements Command {
        INSTANCE
    }

    private record Looked(KernelTable.Damage damage) implements Command {}

    private enum LookDue implements Command {
        INSTANCE
    }

    /** Listeners should have closed by now that gave up these to the kernel. */
    private record Remnants(List<StaleFlow> flows) implements Command {}

    private enum RetryDue implements Command {
        INSTANCE
    }

    private enum Stop implements Command {
        INSTANCE
    }

    /** Asks the actor to end; the table stays as it is. */
    static Command stop() {
        return Stop.INSTANCE;
    }

    /** What the actor works with. */
    record Parts(
            KernelPath path,
            NodeIdentity node,
            Commands commands,
            Consumer<Set<ServiceKey>> changed,
            InstantSource clock,
            RandomGenerator random) {}

    private final NftablesSettings settings;
    private final Parts parts;
    private final TimerScheduler<Command> timers;
    private final KernelTable table;
    private final KernelShare share;
    private final RefusedTransactions refused;
    private final Set<ServiceKey> pending = new LinkedHashSet<>();
    /** Taken in since the last transaction that was taken. */
    private final Set<ServiceKey> unconfirmed = new HashSet<>();

    private @Nullable NodeIdentity identity;
    private @Nullable ServiceView view;
    /** Whether the kernel may be programmed at all. */
    private boolean usable;

    private boolean busy;
    /** Whether the kernel is being asked for connections, or has been a moment ago. */
    private boolean counting;

    private boolean everApplied;
    /** Whether the kernel turned out to be of no use before there was a picture: its services may have been left to us. */
    private boolean untold;

    static Behavior<Command> create(NftablesSettings settings, Parts parts) {
        Behavior<Command> behavior = Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new NftablesActor(context, settings, parts, timers)));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(settings.retryMin(), MAX_RESTART, RESTART_JITTER));
    }

    private NftablesActor(
            ActorContext<Command> context, NftablesSettings settings, Parts parts, TimerScheduler<Command> timers) {
        super(context);
        this.settings = settings;
        this.parts = parts;
        this.timers = timers;
        this.table = new KernelTable(settings, parts.node().name(), parts.commands());
        this.share = new KernelShare(parts.path(), settings.mode());
        this.refused = new RefusedTransactions(settings.retryMin(), settings.retryMax(), parts.random());
        if (parts.path().unavailable() != null) {
            if (settings.mode() == ProxyMode.NFTABLES) {
                share.tellUnavailable();
            }
            return;
        }
        timers.startTimerWithFixedDelay(LookDue.INSTANCE, settings.check());
        busy = true;
        context.pipeToSelf(
                table.inspect(),
                (found, failure) -> new Inspected(found != null ? found : new KernelTable.Found(null)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Viewed.class, this::onViewed)
                .onMessage(Inspected.class, this::onInspected)
                .onMessage(Applied.class, this::onApplied)
                .onMessage(Count.class, this::onCount)
                .onMessage(Counted.class, this::onCounted)
                .onMessage(CountAgain.class, this::onCountAgain)
                .onMessage(Remnants.class, this::onRemnants)
                .onMessage(RetryDue.class, this::onRetryDue)
                .onMessage(LookDue.class, this::onLookDue)
                .onMessage(Looked.class, this::onLooked)
                .onMessage(Stop.class, stop -> Behaviors.stopped())
                .build();
    }

    private Behavior<Command> onViewed(Viewed viewed) {
        ViewUpdate update = viewed.update();
        view = update.view();
        if (untold) {
            untold = false;
            parts.changed().accept(update.view().keys());
        }
        pending.addAll(update.touched());
        if (update.touched().contains(TrafficRules.SERVICE)) {
            pending.addAll(update.view().keys()); // what stands there is about all services
        }
        if (update.complete()) {
            pending.addAll(table.services());
        }
        String zone = parts.node().zone().isEmpty()
                ? update.view().nodeZone()
                : parts.node().zone();
        NodeIdentity now =
                new NodeIdentity(parts.node().name(), zone, parts.node().cluster());
        if (!now.equals(identity)) {
            identity = now;
            pending.addAll(update.view().keys());
        }
        advance();
        return this;
    }

    private Behavior<Command> onInspected(Inspected message) {
        busy = false;
        String reason = table.begin(message.found());
        usable = reason == null;
        if (reason != null) {
            LOG.warn("{}; connections go where that leads them as long as it is there, not to our listeners", reason);
            unavailable(reason);
        }
        advance();
        return this;
    }

    private Behavior<Command> onApplied(Applied applied) {
        busy = false;
        if (!applied.output().done()) {
            parts.path().failed();
            String refusal = applied.output().summary();
            if (refused.isNews(refusal)) {
                LOG.warn("a change of table {} failed: {}; the table is made anew", settings.table(), refusal);
            }
            Duration retryIn = refused.again(refusal);
            table.distrust();
            if (!everApplied) {
                unavailable("the kernel or nft lacks something: " + refusal);
            }
            busy = true; // until the retry
            timers.startSingleTimer(RetryDue.INSTANCE, retryIn);
            return this;
        }
        refused.over();
        table.taken();
        Set<ServiceKey> moved = new HashSet<>();
        if (!everApplied || parts.path().unavailable() != null) {
            parts.path().unavailable(null);
            moved.addAll(table.services());
            parts.path().programmed(moved);
        }
        everApplied = true;
        for (ServiceKey key : applied.changed()) { // as many as have changed, however many there are
            if (parts.path().programmed(key, table.serves(key))) {
                moved.add(key);
            }
        }
        unconfirmed.removeAll(applied.changed());
        parts.path().transacted();
        List<StaleFlow> leftByListeners = table.forgetStaleFlows();
        if (!leftByListeners.isEmpty()) {
            getContext().scheduleOnce(LISTENERS_CLOSE, getContext().getSelf(), new Remnants(leftByListeners));
        }
        if (!moved.isEmpty()) {
            parts.changed().accept(moved);
        }
        advance();
        return this;
    }

    private Behavior<Command> onCount(Count asked) {
        if (!counting && everApplied && !table.isEmpty()) {
            counting = true;
            getContext().pipeToSelf(table.count(), (counted, failure) -> new Counted(counted));
        }
        return this;
    }

    private Behavior<Command> onCounted(Counted counted) {
        KernelCounters.Reading reading = counted.reading();
        ServiceView current = view;
        if (reading != null && current != null) {
            parts.path().counted(table.sum(reading, parts.clock().instant(), key -> current.get(key) != null));
        }
        timers.startSingleTimer(CountAgain.INSTANCE, settings.countInterval());
        return this;
    }

    private Behavior<Command> onCountAgain(CountAgain due) {
        counting = false;
        return this;
    }

    private Behavior<Command> onRemnants(Remnants remnants) {
        table.forgetRemnants(remnants.flows());
        return this;
    }

    private Behavior<Command> onRetryDue(RetryDue due) {
        busy = false;
        advance();
        return this;
    }

    private Behavior<Command> onLookDue(LookDue due) {
        if (everApplied && !busy && !table.isEmpty()) {
            getContext()
                    .pipeToSelf(
                            table.look(),
                            (damage, failure) -> new Looked(damage != null ? damage : KernelTable.Damage.NONE));
        }
        return this;
    }

    private Behavior<Command> onLooked(Looked looked) {
        if (looked.damage() != KernelTable.Damage.NONE && !busy) {
            String done = looked.damage() == KernelTable.Damage.REMOVED ? "removed" : "emptied";
            LOG.warn("somebody has {} table {}; it is made anew", done, settings.table());
            table.distrust();
            advance();
        }
        return this;
    }

    /** Takes in what has changed, and begins the next transaction when none is under way. */
    private void advance() {
        ServiceView current = view;
        NodeIdentity as = identity;
        if (current == null || as == null || busy) {
            return;
        }
        ServiceCompiler compiler = parts.path().compiler(as, TrafficRules.of(current));
        for (ServiceKey key : new TreeSet<>(pending)) {
            ServicePicture picture = share.of(current.get(key), key);
            if (usable) {
                table.update(key, picture, compiler);
                unconfirmed.add(key);
            } else if (picture != null) {
                share.tellUnavailable();
            }
        }
        pending.clear();
        if (usable) {
            apply();
        }
    }

    private void apply() {
        KernelTable.Step step = table.next();
        if (step == null) {
            return;
        }
        busy = true;
        Set<ServiceKey> changed = Set.copyOf(unconfirmed);
        getContext()
                .pipeToSelf(
                        table.run(step),
                        (output, failure) -> new Applied(
                                output != null
                                        ? output
                                        : new Commands.Output(Commands.Output.NOT_RUN, String.valueOf(failure)),
                                changed));
    }

    /** From now on listeners serve everything. */
    private void unavailable(String reason) {
        parts.path().unavailable(reason);
        ServiceView current = view;
        if (current == null) {
            untold = true;
        } else {
            parts.changed().accept(current.keys());
        }
    }
}
