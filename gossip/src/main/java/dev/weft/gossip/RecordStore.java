package dev.weft.gossip;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * Where the replicated state outlives the process: a map from bytes to bytes, ordered as they were written.
 *
 * <p>Writes need not be synced: what is lost here is learned again from peers, or published again by its origin. All
 * methods may be called from any thread and do not block.
 */
public interface RecordStore {
    /** Everything stored, at start; the map is the caller's, who takes out what he has read: there may be much in it. */
    CompletionStage<Map<String, byte[]>> load();

    /** Stores and deletes together or not at all, after all earlier calls. */
    CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes);
}
