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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
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
final class NftablesActor extends AbstractBehavior<NftablesCommand> {
    private static final Logger LOG = LoggerFactory.getLogger(NftablesActor.class);
    private static final Duration MAX_RESTART = Duration.ofSeconds(10);
    private static final double RESTART_JITTER = 0.2;
    /** Much longer than it takes a listener to close. */
    private static final Duration LISTENERS_CLOSE = Duration.ofSeconds(1);

    private final NftablesSettings settings;
    private final KernelParts parts;
    private final TimerScheduler<NftablesCommand> timers;
    private final KernelTable table;
    private final KernelShare share;
    private final RefusedTransactions refused;
    private final HandingBack handingBack;
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

    static Behavior<NftablesCommand> create(NftablesSettings settings, KernelParts parts) {
        Behavior<NftablesCommand> behavior = Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new NftablesActor(context, settings, parts, timers)));
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(settings.retryMin(), MAX_RESTART, RESTART_JITTER));
    }

    private NftablesActor(
            ActorContext<NftablesCommand> context,
            NftablesSettings settings,
            KernelParts parts,
            TimerScheduler<NftablesCommand> timers) {
        super(context);
        this.settings = settings;
        this.parts = parts;
        this.timers = timers;
        this.table = new KernelTable(
                settings, parts.node().name(), parts.commands(), parts.path().isSuccessor());
        this.share = new KernelShare(parts.path(), settings.mode());
        this.refused = new RefusedTransactions(settings.retryMin(), settings.retryMax(), parts.random());
        this.handingBack = new HandingBack(
                parts.listening(),
                key -> context.scheduleOnce(settings.handBack(), context.getSelf(), new NftablesCommand.Overdue(key)));
        if (parts.path().unavailable() != null) {
            if (settings.mode() == ProxyMode.NFTABLES) {
                share.tellUnavailable();
            }
            parts.path().settle();
            return;
        }
        timers.startTimerWithFixedDelay(NftablesCommand.LookDue.INSTANCE, settings.check());
        inspect();
    }

    @Override
    public Receive<NftablesCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(NftablesCommand.Viewed.class, this::onViewed)
                .onMessage(NftablesCommand.Inspected.class, this::onInspected)
                .onMessage(NftablesCommand.Applied.class, this::onApplied)
                .onMessage(NftablesCommand.Count.class, this::onCount)
                .onMessage(NftablesCommand.Counted.class, this::onCounted)
                .onMessage(NftablesCommand.CountAgain.class, this::onCountAgain)
                .onMessage(NftablesCommand.Remnants.class, this::onRemnants)
                .onMessage(NftablesCommand.RetryDue.class, this::onRetryDue)
                .onMessage(NftablesCommand.AdvanceDue.class, this::onAdvanceDue)
                .onMessage(NftablesCommand.Overdue.class, this::onOverdue)
                .onMessage(NftablesCommand.LookDue.class, this::onLookDue)
                .onMessage(NftablesCommand.Looked.class, this::onLooked)
                .onMessage(NftablesCommand.Stop.class, stop -> Behaviors.stopped())
                .build();
    }

    private Behavior<NftablesCommand> onViewed(NftablesCommand.Viewed viewed) {
        ViewUpdate update = viewed.update();
        view = update.view();
        if (untold) {
            untold = false;
            listenersServe(update.view());
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

    private void inspect() {
        busy = true;
        getContext().pipeToSelf(table.inspect(), NftablesCommand.Inspected::of);
    }

    private Behavior<NftablesCommand> onInspected(NftablesCommand.Inspected message) {
        busy = false;
        if (table.isContested() && !everApplied) {
            parts.path().unavailable(null); // unless it is so again
        }
        String reason = table.begin(message.found());
        usable = reason == null;
        if (reason != null) {
            LOG.warn("{}; connections go where that leads them as long as it is there, not to our listeners", reason);
            unavailable(reason);
        }
        advance();
        return this;
    }

    private Behavior<NftablesCommand> onApplied(NftablesCommand.Applied applied) {
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
            timers.startSingleTimer(NftablesCommand.RetryDue.INSTANCE, retryIn);
            return this;
        }
        refused.over();
        table.taken();
        Set<ServiceKey> moved = parts.path().transacted(table, !everApplied, applied.changed());
        everApplied = true;
        unconfirmed.removeAll(applied.changed());
        List<StaleFlow> leftByListeners = table.forgetStaleFlows();
        if (!leftByListeners.isEmpty()) {
            getContext()
                    .scheduleOnce(
                            LISTENERS_CLOSE, getContext().getSelf(), new NftablesCommand.Remnants(leftByListeners));
        }
        if (!moved.isEmpty()) {
            parts.changed().accept(moved);
        }
        parts.path().settle();
        advance();
        return this;
    }

    private Behavior<NftablesCommand> onCount(NftablesCommand.Count asked) {
        if (!counting && everApplied && !table.isEmpty()) {
            counting = true;
            getContext().pipeToSelf(table.count(), (counted, failure) -> new NftablesCommand.Counted(counted));
        }
        return this;
    }

    private Behavior<NftablesCommand> onCounted(NftablesCommand.Counted counted) {
        KernelCounters.Reading reading = counted.reading();
        ServiceView current = view;
        if (reading != null && current != null) {
            parts.path().counted(table.sum(reading, parts.clock().instant(), key -> current.get(key) != null));
        }
        timers.startSingleTimer(NftablesCommand.CountAgain.INSTANCE, settings.countInterval());
        return this;
    }

    private Behavior<NftablesCommand> onCountAgain(NftablesCommand.CountAgain due) {
        counting = false;
        return this;
    }

    private Behavior<NftablesCommand> onRemnants(NftablesCommand.Remnants remnants) {
        table.forgetRemnants(remnants.flows());
        return this;
    }

    private Behavior<NftablesCommand> onRetryDue(NftablesCommand.RetryDue due) {
        busy = false;
        advance();
        return this;
    }

    private Behavior<NftablesCommand> onAdvanceDue(NftablesCommand.AdvanceDue due) {
        advance();
        return this;
    }

    private Behavior<NftablesCommand> onOverdue(NftablesCommand.Overdue message) {
        handingBack.isOverdue(message.service());
        return this;
    }

    private Behavior<NftablesCommand> onLookDue(NftablesCommand.LookDue due) {
        if (!busy && (table.isContested() || (everApplied && table.stands()))) {
            getContext().pipeToSelf(table.look(), NftablesCommand.Looked::of);
        }
        return this;
    }

    private Behavior<NftablesCommand> onLooked(NftablesCommand.Looked looked) {
        if (busy) {
            return this; // it has changed meanwhile
        }
        KernelTable.Finding finding = looked.look().finding();
        if (table.isContested()) {
            if (finding != KernelTable.Finding.FINE && finding != KernelTable.Finding.CONTESTED) {
                inspect();
            }
            return this;
        }
        switch (finding) {
            case FINE -> {}
            case CONTESTED -> tellContested(looked.look().by());
            case UNUSED -> {
                table.letGo();
                advance();
            }
            case REMOVED, EMPTIED, ABANDONED -> {
                LOG.warn("somebody has {} table {}; it is made anew", finding.deed(), settings.table());
                table.distrust();
                advance();
            }
        }
        return this;
    }

    private void tellContested(@Nullable ProcessMark by) {
        if (by != null && parts.path().isSuccessor()) {
            table.contestedBy(by);
            LOG.info("process {} has taken table {} over", by.pid(), settings.table());
        } else if (by != null) {
            LOG.warn("{}; what changes here does not reach the kernel until that has ended", table.contestedBy(by));
        }
    }

    /** Takes in what has changed, and begins the next transaction when none is under way. */
    private void advance() {
        ServiceView current = view;
        NodeIdentity as = identity;
        if (current == null || as == null || busy || table.isContested()) {
            return;
        }
        ServiceCompiler compiler = parts.path().compiler(as, TrafficRules.of(current));
        Set<ServiceKey> staying = new LinkedHashSet<>();
        for (ServiceKey key : new TreeSet<>(pending)) {
            ServicePicture picture = share.of(current.get(key), key);
            if (staysForNow(key, picture, current)) {
                staying.add(key);
            } else if (usable) {
                table.update(key, picture, compiler);
                unconfirmed.add(key);
            } else if (picture != null) {
                share.tellUnavailable();
            }
        }
        pending.retainAll(staying);
        if (!staying.isEmpty()) {
            timers.startSingleTimer(NftablesCommand.AdvanceDue.INSTANCE, HandingBack.LISTENERS_OPEN);
        }
        if (usable) {
            apply();
        }
    }

    /** Whether it goes back to listeners that do not listen yet. */
    private boolean staysForNow(ServiceKey key, @Nullable ServicePicture picture, ServiceView current) {
        if (picture == null && current.get(key) != null && usable && table.serves(key)) {
            return !handingBack.mayGo(key);
        }
        handingBack.forget(key);
        return false;
    }

    private void apply() {
        KernelTable.Step step = table.next();
        if (step == null) {
            parts.path().settle();
            return;
        }
        busy = true;
        Set<ServiceKey> changed = Set.copyOf(unconfirmed);
        getContext()
                .pipeToSelf(table.run(step), (output, failure) -> NftablesCommand.Applied.of(output, failure, changed));
    }

    /** From now on listeners serve everything. */
    private void unavailable(String reason) {
        parts.path().unavailable(reason);
        ServiceView current = view;
        if (current == null) {
            untold = true;
        } else {
            listenersServe(current);
        }
    }

    private void listenersServe(ServiceView current) {
        parts.changed().accept(current.keys());
        parts.path().settle();
    }
}
