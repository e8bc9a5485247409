package dev.weft.registry.shard;

import dev.weft.registry.resource.Admission;
import dev.weft.registry.resource.Change;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a shard's state as events are replayed and decided: the state, the last batches before it, and who decides
 * the next one. No actor and no store. Not for several threads; of no use after a failed write, since what was not
 * persisted was never decided.
 */
final class ShardLog {
    private final int shard;
    private final ShardContext context;
    private final Admission admission;
    private final ShardSettings settings;
    private final RecentCommits recent;
    private final LogGrowth growth;
    private @Nullable ShardDecision decision;
    private ShardDecision.@Nullable Decided underWay;
    private boolean recovering = true;
    private boolean first = true;

    ShardLog(int shard, ShardContext context, Admission admission, ShardSettings settings) {
        this.shard = shard;
        this.context = context;
        this.admission = admission;
        this.settings = settings;
        this.recent = new RecentCommits(shard, settings.recent(), settings.recentBytes());
        this.growth = new LogGrowth(settings.snapshotBytes(), settings.snapshotTimes());
    }

    /** The state after an event: one that was stored earlier, or the one that was decided last. */
    ShardState after(ShardState state, ShardEvent event) {
        growth.add(event);
        ShardDecision.Decided decided = underWay;
        if (decided != null && decided.event().filter(event::equals).isPresent()) {
            // What deciding came to need not be worked out again.
            underWay = null;
            return decided.after();
        }
        List<Change> changes = event.changes(state);
        ShardState after = state.after(event, changes);
        if (recovering) {
            if (first) {
                recent.reset(state);
                first = false;
            }
            recent.add(changes, after);
        }
        return after;
    }

    /**
     * Everything has been replayed.
     *
     * @param number of the last event
     */
    ShardLogActor.Recovered recovered(ShardState state, long number) {
        if (first) {
            recent.reset(state);
        }
        recovering = false;
        decision = new ShardDecision(shard, context, admission, settings, state);
        return new ShardLogActor.Recovered(state, recent, number);
    }

    /** Decides a batch. If that takes an event, it is to be stored, and then {@link #after} says what it leads to. */
    ShardDecision.Decided decide(ShardState state, List<ShardCommand> commands, long closed) {
        if (decision == null) {
            throw new IllegalStateException("shard " + shard + ": a command before recovery");
        }
        ShardDecision.Decided decided = decision.decide(state, commands, closed);
        underWay = decided.event().isPresent() ? decided : null;
        return decided;
    }

    /** Whether the log has grown so much that a snapshot of this state is due, which is then taken as made. */
    boolean takeSnapshotDue(ShardState state) {
        return growth.takeDue(state);
    }

    /**
     * What came of a batch, once it is stored.
     *
     * @param after the state then
     * @param number of the last event
     */
    static ShardLogActor.Persisted told(ShardDecision.Decided decided, ShardState after, long number) {
        boolean stored = decided.event().isPresent();
        return new ShardLogActor.Persisted(
                decided.answers(), stored ? decided.changes() : List.of(), after, decided.unfinished(), stored, number);
    }
}
