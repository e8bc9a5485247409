package dev.weft.registry.journal;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The list of the processes that share a store, kept in that store: whoever starts learns from it whether there is a
 * cluster to join, so that two never begin one each. All calls return at once; their stages fail if the store does not
 * answer.
 */
public interface Attendance {
    /**
     * A process as it stands in the list.
     *
     * @param address where it listens for the others, {@code HOST:PORT}
     * @param beats how often it has reported so far; grows while it lives
     * @param joined whether it is in the cluster, so that others can join it
     */
    record Entry(String address, long beats, boolean joined) {}

    /** Reports that the process at this address lives; all entries, its own included. */
    CompletionStage<List<Entry>> report(String address, boolean joined);

    /**
     * Lets the process at this address begin the cluster, if the list still says what it said: atomically, entries in the
     * cluster that stand there with just these beats are struck off, and unless others remain this one is now in the
     * cluster. Of several who try at the same time one succeeds.
     *
     * @param gone those that are taken for dead
     * @return whether it may begin
     */
    CompletionStage<Boolean> begin(String address, List<Entry> gone);

    /** Strikes the process at this address off. */
    CompletionStage<Void> strike(String address);
}
