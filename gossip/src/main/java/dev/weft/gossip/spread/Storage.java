package dev.weft.gossip.spread;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Where state outlives the process; the promise of {@code RecordStore} at the front door. */
public interface Storage {
    CompletionStage<Map<String, byte[]>> load();

    CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes);
}
