package dev.weft.proxy.nftables;

import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ViewUpdate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the {@link NftablesActor} understands. */
sealed interface NftablesCommand {
    /** A new picture. */
    record Viewed(ViewUpdate update) implements NftablesCommand {}

    record Inspected(KernelTable.Found found) implements NftablesCommand {
        static Inspected of(KernelTable.@Nullable Found found, @Nullable Throwable failure) {
            return new Inspected(found != null ? found : new KernelTable.Found(null));
        }
    }

    /**
     * How a transaction has ended.
     *
     * @param changed services that were taken in since the last one that was taken
     */
    record Applied(Commands.Output output, Set<ServiceKey> changed) implements NftablesCommand {
        static Applied of(Commands.@Nullable Output output, @Nullable Throwable failure) {
            return of(output, failure, Set.of());
        }

        static Applied of(Commands.@Nullable Output output, @Nullable Throwable failure, Set<ServiceKey> changed) {
            return new Applied(
                    output != null ? output : new Commands.Output(Commands.Output.NOT_RUN, String.valueOf(failure)),
                    changed);
        }
    }

    /** Somebody wants to know how many connections the kernel leads. */
    enum Count implements NftablesCommand {
        INSTANCE
    }

    record Counted(KernelCounters.@Nullable Reading reading) implements NftablesCommand {}

    enum CountAgain implements NftablesCommand {
        INSTANCE
    }

    record Looked(KernelTable.Look look) implements NftablesCommand {
        static Looked of(KernelTable.@Nullable Look look, @Nullable Throwable failure) {
            return new Looked(look != null ? look : KernelTable.Look.FINE);
        }
    }

    enum LookDue implements NftablesCommand {
        INSTANCE
    }

    /** Listeners should have closed by now that gave up these to the kernel. */
    record Remnants(List<StaleFlow> flows) implements NftablesCommand {}

    enum RetryDue implements NftablesCommand {
        INSTANCE
    }

    /** A service has waited long enough for its listeners. */
    record Overdue(ServiceKey service) implements NftablesCommand {}

    /** Something that was put off may be possible now. */
    enum AdvanceDue implements NftablesCommand {
        INSTANCE
    }

    /** Asks the actor to end; the table stays as it is. */
    enum Stop implements NftablesCommand {
        INSTANCE
    }
}
