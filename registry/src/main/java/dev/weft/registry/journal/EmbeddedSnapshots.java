package dev.weft.registry.journal;

import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.snapshot.japi.SnapshotStore;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * Akka Persistence's snapshot store on the embedded store. A snapshot is written in parts of bounded size, unsynced and
 * between the writes of others, and becomes valid with its last, synced one: it never holds anyone up.
 */
public final class EmbeddedSnapshots extends SnapshotStore {
    private static final int PART_BYTES = 1 << 20;

    private final JournalDatabase database =
            EmbeddedStorage.of(context().system()).database();
    private final Serialization serialization =
            SerializationExtension.get(context().system());

    @Override
    public Future<Optional<SelectedSnapshot>> doLoadAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(database.read(() -> load(persistenceId, criteria)));
    }

    @Override
    public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object snapshot) {
        return FutureConverters.asScala(database.read(() -> SnapshotForm.parts(serialization, snapshot, PART_BYTES))
                .thenCompose(parts -> save(metadata, parts, 0)));
    }

    @Override
    public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
        long timestamp = metadata.timestamp();
        byte[] from = StoreKeys.snapshot(metadata.persistenceId(), metadata.sequenceNr(), timestamp, -1);
        byte[] to = timestamp == 0
                // Akka leaves the time open when it asks for all snapshots of a number.
                ? StoreKeys.snapshot(metadata.persistenceId(), metadata.sequenceNr() + 1, 0, -1)
                : StoreKeys.snapshot(metadata.persistenceId(), metadata.sequenceNr(), timestamp + 1, -1);
        return FutureConverters.asScala(
                database.write(new StoreBatch().deleteRange(database.snapshots(), from, to), true));
    }

    @Override
    public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
        return FutureConverters.asScala(database.read(() -> matching(persistenceId, criteria))
                .thenCompose(batch -> database.write(batch, true)));
    }

    /** One part after the other, each made only when the one before is written. */
    private CompletableFuture<Void> save(SnapshotMetadata metadata, SnapshotForm.Parts parts, int number) {
        return database.read(parts::next)
                .thenCompose(part -> part.isEmpty()
                        ? database.write(
                                new StoreBatch().put(database.snapshots(), key(metadata, -1), parts.head()), true)
                        : database.write(
                                        new StoreBatch().put(database.snapshots(), key(metadata, number), part.get()),
                                        false)
                                .thenCompose(written -> save(metadata, parts, number + 1)));
    }

    private static byte[] key(SnapshotMetadata metadata, int part) {
        return StoreKeys.snapshot(metadata.persistenceId(), metadata.sequenceNr(), metadata.timestamp(), part);
    }

    private Optional<SelectedSnapshot> load(String persistenceId, SnapshotSelectionCriteria criteria)
            throws RocksDBException {
        SnapshotMetadata found = null;
        byte[] head = new byte[0];
        try (Heads heads = new Heads(persistenceId)) {
            for (heads.last(); heads.isValid(); heads.previous()) {
                if (heads.isHead() && criteria.matches(heads.metadata())) {
                    found = heads.metadata();
                    head = heads.value();
                    break;
                }
            }
            heads.check();
        }
        if (found == null) {
            return Optional.empty();
        }
        SnapshotMetadata metadata = found;
        try {
            Object data = SnapshotForm.read(
                    serialization, head, part -> database.db().get(database.snapshots(), key(metadata, part)));
            return Optional.of(SelectedSnapshot.create(metadata, data));
        } catch (IOException e) {
            throw damaged(metadata, e);
        }
    }

    private static StorageException damaged(SnapshotMetadata metadata, IOException why) {
        return new StorageException(
                StorageException.Kind.CORRUPT,
                "snapshot " + metadata.sequenceNr() + " of " + metadata.persistenceId() + " is damaged: "
                        + why.getMessage(),
                why);
    }

    private StoreBatch matching(String persistenceId, SnapshotSelectionCriteria criteria) throws RocksDBException {
        StoreBatch batch = new StoreBatch();
        try (Heads at = new Heads(persistenceId)) {
            for (at.last(); at.isValid(); at.previous()) {
                // Parts without a head, too: a crash left them.
                if (criteria.matches(at.metadata())) {
                    batch.delete(database.snapshots(), at.key());
                }
            }
            at.check();
        }
        return batch;
    }

    /** Walks the keys of one id's snapshots backwards. */
    private final class Heads implements AutoCloseable {
        private final String persistenceId;
        private final Slice lower;
        private final Slice upper;
        private final ReadOptions options;
        private final RocksIterator at;

        Heads(String persistenceId) {
            this.persistenceId = persistenceId;
            lower = new Slice(StoreKeys.snapshot(persistenceId, 0, 0, -1));
            upper = new Slice(StoreKeys.snapshot(persistenceId, Long.MAX_VALUE, Long.MAX_VALUE, -1));
            options = new ReadOptions()
                    .setVerifyChecksums(true)
                    .setFillCache(false)
                    .setIterateLowerBound(lower)
                    .setIterateUpperBound(upper);
            at = database.db().newIterator(database.snapshots(), options);
        }

        void last() {
            at.seekToLast();
        }

        boolean isValid() {
            return at.isValid();
        }

        void previous() {
            at.prev();
        }

        byte[] key() {
            return at.key();
        }

        byte[] value() {
            return at.value();
        }

        boolean isHead() {
            byte[] key = at.key();
            return ByteBuffer.wrap(key).getInt(key.length - Integer.BYTES) == 0;
        }

        SnapshotMetadata metadata() {
            byte[] key = at.key();
            ByteBuffer numbers = ByteBuffer.wrap(key, key.length - 2 * Long.BYTES - Integer.BYTES, 2 * Long.BYTES);
            return SnapshotMetadata.apply(persistenceId, numbers.getLong(), numbers.getLong());
        }

        void check() throws RocksDBException {
            at.status();
        }

        @Override
        public void close() {
            at.close();
            options.close();
            lower.close();
            upper.close();
        }
    }
}
