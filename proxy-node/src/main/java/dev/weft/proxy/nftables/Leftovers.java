package dev.weft.proxy.nftables;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes away what the kernel mode of this node has left where the mode is userspace now: its rules would lead connections
 * past the listeners, for ever as they were. They go once there is a picture, when listeners are being bound; the empty table
 * goes when no connection that it has led is open any more.
 */
final class Leftovers extends AbstractBehavior<NftablesCommand> {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final TimerScheduler<NftablesCommand> timers;
    private final NftablesSettings settings;
    private final String node;
    private final KernelTable table;
    private boolean busy;
    private boolean begun;

    static Behavior<NftablesCommand> create(
            NftablesSettings settings, String node, Commands commands, boolean successor) {
        return Behaviors.setup(context ->
                Behaviors.withTimers(timers -> new Leftovers(context, timers, settings, node, commands, successor)));
    }

    private Leftovers(
            ActorContext<NftablesCommand> context,
            TimerScheduler<NftablesCommand> timers,
            NftablesSettings settings,
            String node,
            Commands commands,
            boolean successor) {
        super(context);
        this.timers = timers;
        this.settings = settings;
        this.node = node;
        this.table = new KernelTable(settings, node, commands, successor);
    }

    @Override
    public Receive<NftablesCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(NftablesCommand.Viewed.class, this::onViewed)
                .onMessage(NftablesCommand.Inspected.class, this::onInspected)
                .onMessage(NftablesCommand.Applied.class, this::onApplied)
                .onMessage(NftablesCommand.LookDue.class, this::onLookDue)
                .onMessage(NftablesCommand.Looked.class, this::onLooked)
                .onMessage(NftablesCommand.Stop.class, stop -> Behaviors.stopped())
                .onAnyMessage(other -> this)
                .build();
    }

    private Behavior<NftablesCommand> onViewed(NftablesCommand.Viewed viewed) {
        if (!begun) {
            begun = true;
            getContext().pipeToSelf(table.inspect(), NftablesCommand.Inspected::of);
        }
        return this;
    }

    private Behavior<NftablesCommand> onInspected(NftablesCommand.Inspected message) {
        InstalledTable listing = message.found().listing();
        if (listing == null || !listing.chains().containsKey(Skeleton.OWNER + Skeleton.ownerName(node))) {
            return Behaviors.ignore();
        }
        String reason = table.begin(message.found());
        if (reason != null) {
            LOG.warn("{}; connections go where that leads them, not to our listeners", reason);
            return Behaviors.ignore();
        }
        LOG.info(
                "table {} that the kernel mode has left is emptied, as the mode is userspace; it goes when no connection"
                        + " that it has led is open any more",
                settings.table());
        timers.startTimerWithFixedDelay(NftablesCommand.LookDue.INSTANCE, settings.check());
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
        if (!busy && table.isLeft()) {
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

    private void advance() {
        KernelTable.Step step = table.next();
        if (step != null) {
            busy = true;
            getContext().pipeToSelf(table.run(step), NftablesCommand.Applied::of);
        }
    }
}
