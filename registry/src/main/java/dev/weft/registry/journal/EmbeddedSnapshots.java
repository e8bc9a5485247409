package dev.weft.registry.journal;

import akka.persistence.SelectedSnapshot;
import akka.persistence.SnapshotMetadata;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.serialization.Snapshot;
import akka.persistence.snapshot.japi.SnapshotStore;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
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
        return FutureConverters.asScala(database.read(
                        () -> serialization.serialize(new Snapshot(snapshot)).get())
                .thenCompose(bytes -> save(metadata, bytes, 0)));
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

    private CompletableFuture<Void> save(SnapshotMetadata metadata, byte[] bytes, int part) {
        int from = part * PART_BYTES;
        if (from < bytes.length) {
            byte[] slice = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + PART_BYTES));
            return database.write(new StoreBatch().put(database.snapshots(), key(metadata, part), slice), false)
                    .thenCompose(written -> save(metadata, bytes, part + 1));
        }
        byte[] head = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(bytes.length)
                .putLong(checksum(bytes))
                .array();
        return database.write(new StoreBatch().put(database.snapshots(), key(metadata, -1), head), true);
    }

    private static byte[] key(SnapshotMetadata metadata, int part) {
        return StoreKeys.snapshot(metadata.persistenceId(), metadata.sequenceNr(), metadata.timestamp(), part);
    }

    private static long checksum(byte[] bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return sum.getValue();
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
        byte[] bytes = parts(found, ByteBuffer.wrap(head));
        Object data = serialization.deserialize(bytes, Snapshot.class).get().data();
        return Optional.of(SelectedSnapshot.create(found, data));
    }

    private byte[] parts(SnapshotMetadata metadata, ByteBuffer head) throws RocksDBException {
        long length = head.getLong();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) length);
        for (int part = 0; bytes.size() < length; part++) {
            byte[] slice = database.db().get(database.snapshots(), key(metadata, part));
            if (slice == null) {
                throw damaged(metadata, "part " + part + " is missing");
            }
            bytes.writeBytes(slice);
        }
        byte[] all = bytes.toByteArray();
        if (checksum(all) != head.getLong()) {
            throw damaged(metadata, "its checksum differs");
        }
        return all;
    }

    private static StorageException damaged(SnapshotMetadata metadata, String why) {
        return new StorageException(
                StorageException.Kind.CORRUPT,
                "snapshot " + metadata.sequenceNr() + " of " + metadata.persistenceId() + " is damaged: " + why);
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
