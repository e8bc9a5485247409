package dev.weft.registry.journal;

import java.util.concurrent.CompletionStage;

/** A store that several processes write to, each of which may believe for a while that it is alone. */
public interface SharedStorage extends Storage {
    /**
     * The number of the last event under a name, whoever stored it, at some moment after this call; 0 if there is none.
     * Does not block.
     *
     * @param persistenceId Akka's name of who stores events
     * @return fails if the store does not answer
     */
    CompletionStage<Long> lastNumber(String persistenceId);

    /** The list of those who share it. */
    Attendance attendance();
}
