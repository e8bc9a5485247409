package dev.weft.registry.journal;

import dev.weft.gossip.RecordStore;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksIterator;

/** Gossip's records in the embedded store. Written in order, not synced: what a crash takes is learned again. */
public final class RocksRecordStore implements RecordStore {
    private final JournalDatabase database;

    public RocksRecordStore(JournalDatabase database) {
        this.database = database;
    }

    @Override
    public CompletionStage<Map<String, byte[]>> load() {
        return database.read(() -> {
            Map<String, byte[]> records = new HashMap<>();
            try (ReadOptions options = new ReadOptions().setVerifyChecksums(true);
                    RocksIterator at = database.db().newIterator(database.records(), options)) {
                for (at.seekToFirst(); at.isValid(); at.next()) {
                    records.put(new String(at.key(), StandardCharsets.UTF_8), at.value());
                }
                at.status();
            }
            return records;
        });
    }

    @Override
    public CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes) {
        StoreBatch batch = new StoreBatch();
        puts.forEach(
                (key, value) -> batch.put(database.records(), key.getBytes(StandardCharsets.UTF_8), value.clone()));
        deletes.forEach(key -> batch.delete(database.records(), key.getBytes(StandardCharsets.UTF_8)));
        return database.write(batch, false);
    }
}
