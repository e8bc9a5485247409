package dev.weft.proxy.nftables;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import dev.weft.proxy.view.ServiceKey;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what the kernel mode of this node has left where the mode is userspace now: its rules would lead connections
 * past the listeners, for ever as they were. They go when the listeners of the first picture listen; the empty table goes when
 * no connection that it has led is open any more.
 */
final class Leftovers extends AbstractBehavior<NftablesCommand> {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final TimerScheduler<NftablesCommand> timers;
    private final NftablesSettings settings;
    private final String node;
    private final KernelTable table;
    private final HandingBack handingBack;
    /** Those of the first picture that nobody is known to listen for. */
    private final Set<ServiceKey> waiting = new HashSet<>();

    private boolean busy;
    private boolean begun;
    /** Whose the table was when it was found; null for nobody's that is known. */
    private @Nullable ProcessMark found;

    private boolean looked;
    private boolean confirmed;

    static Behavior<NftablesCommand> create(NftablesSettings settings, KernelParts parts) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Leftovers(context, timers, settings, parts)));
    }

    private Leftovers(
            ActorContext<NftablesCommand> context,
            TimerScheduler<NftablesCommand> timers,
            NftablesSettings settings,
            KernelParts parts) {
        super(context);
        this.timers = timers;
        this.settings = settings;
        this.node = parts.node().name();
        this.table =
                new KernelTable(settings, node, parts.commands(), parts.path().isSuccessor());
        this.handingBack = new HandingBack(
                parts.listening(),
                key -> context.scheduleOnce(settings.handBack(), context.getSelf(), new NftablesCommand.Overdue(key)));
    }

    @Override
    public Receive<NftablesCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(NftablesCommand.Viewed.class, this::onViewed)
                .onMessage(NftablesCommand.Inspected.class, this::onInspected)
                .onMessage(NftablesCommand.Applied.class, this::onApplied)
                .onMessage(NftablesCommand.AdvanceDue.class, this::onAdvanceDue)
                .onMessage(NftablesCommand.Overdue.class, this::onOverdue)
                .onMessage(NftablesCommand.LookDue.class, this::onLookDue)
                .onMessage(NftablesCommand.Looked.class, this::onLooked)
                .onMessage(NftablesCommand.Stop.class, stop -> Behaviors.stopped())
                .onAnyMessage(other -> this)
                .build();
    }

    private Behavior<NftablesCommand> onViewed(NftablesCommand.Viewed viewed) {
        if (!begun) {
            begun = true;
            waiting.addAll(viewed.update().view().keys());
            getContext().pipeToSelf(table.inspect(), NftablesCommand.Inspected::of);
        }
        return this;
    }

    private Behavior<NftablesCommand> onInspected(NftablesCommand.Inspected message) {
        busy = false;
        InstalledTable listing = message.found().listing();
        if (listing == null || !listing.chains().containsKey(Skeleton.OWNER + Skeleton.ownerName(node))) {
            return Behaviors.ignore();
        }
        String reason = table.begin(message.found());
        if (reason != null) {
            LOG.warn("{}; connections go where that leads them, not to our listeners", reason);
            return Behaviors.ignore();
        }
        ProcessMark by = listing.by();
        if (!looked) {
            looked = true;
            found = by;
            LOG.info(
                    "table {} that the kernel mode has left is emptied when listeners serve, as the mode is userspace; it"
                            + " goes when no connection that it has led is open any more",
                    settings.table());
            timers.startTimerWithFixedDelay(NftablesCommand.LookDue.INSTANCE, settings.check());
        } else if (by != null && !by.equals(found) && by.isRival()) {
            LOG.warn(
                    "process {} has taken table {} over meanwhile: it is left alone, and leads connections past our"
                            + " listeners; stop that one, or this",
                    by.pid(),
                    settings.table());
            timers.cancelAll();
            return Behaviors.ignore();
        } else {
            confirmed = true;
        }
        advance();
        return this;
    }

    private Behavior<NftablesCommand> onApplied(NftablesCommand.Applied applied) {
        busy = false;
        if (!applied.output().done()) {
            LOG.warn(
                    "table {} could not be emptied or removed: {}; it is tried again in {} ms",
                    settings.table(),
                    applied.output().summary(),
                    settings.check().toMillis());
            table.distrust();
            return this;
        }
        table.taken();
        table.forgetStaleFlows();
        if (table.isLeft()) {
            return this;
        }
        timers.cancelAll();
        return Behaviors.ignore();
    }

    private Behavior<NftablesCommand> onLookDue(NftablesCommand.LookDue due) {
        if (!busy && table.isLeft()) {
            advance();
        }
        if (!busy && table.isLeft() && waiting.isEmpty()) {
            getContext().pipeToSelf(table.look(), NftablesCommand.Looked::of);
        }
        return this;
    }

    private Behavior<NftablesCommand> onLooked(NftablesCommand.Looked looked) {
        if (looked.look().finding() == KernelTable.Finding.UNUSED && !busy) {
            table.letGo();
            advance();
        }
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

    private void advance() {
        waiting.removeIf(handingBack::mayGo);
        if (!waiting.isEmpty()) {
            timers.startSingleTimer(NftablesCommand.AdvanceDue.INSTANCE, HandingBack.LISTENERS_OPEN);
            return;
        }
        if (!confirmed) { // another successor may have taken it over since it was found
            busy = true;
            getContext().pipeToSelf(table.inspect(), NftablesCommand.Inspected::of);
            return;
        }
        KernelTable.Step step = table.next();
        if (step != null) {
            busy = true;
            getContext().pipeToSelf(table.run(step), NftablesCommand.Applied::of);
        }
    }
}
