package dev.weft.gossip;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store that outlives the nodes of a test. */
public final class InMemoryRecordStore implements RecordStore {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    @Override
    public synchronized CompletionStage<Map<String, byte[]>> load() {
        return CompletableFuture.completedFuture(new HashMap<>(entries));
    }

    @Override
    public synchronized CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes) {
        entries.putAll(puts);
        deletes.forEach(entries::remove);
        return CompletableFuture.completedFuture(null);
    }
}
