package dev.weft.registry.journal;

import akka.persistence.AtomicWrite;
import akka.persistence.PersistentRepr;
import akka.persistence.journal.japi.AsyncWriteJournal;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/** Akka Persistence's journal on the embedded store; answers a write once it is on disk. */
public final class EmbeddedJournal extends AsyncWriteJournal {
    private final JournalDatabase database =
            EmbeddedStorage.of(context().system()).database();
    private final Serialization serialization =
            SerializationExtension.get(context().system());

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(Iterable<AtomicWrite> messages) {
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        List<Optional<Exception>> accepted = new ArrayList<>();
        for (AtomicWrite message : messages) {
            StoreBatch batch = new StoreBatch();
            for (PersistentRepr event : CollectionConverters.asJava(message.payload())) {
                byte[] key = StoreKeys.event(event.persistenceId(), event.sequenceNr());
                byte[] value = serialization.serialize(event).get();
                if (event.payload() instanceof Upkeep upkeep && upkeep.isUpkeep()) {
                    batch.note(database.journal(), key, value);
                } else {
                    batch.put(database.journal(), key, value);
                }
            }
            writes.add(database.write(batch, true));
            accepted.add(Optional.empty());
        }
        return FutureConverters.asScala(CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
                .thenApply(written -> (Iterable<Optional<Exception>>) accepted));
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long toSequenceNr) {
        return FutureConverters.asScala(database.read(() -> highest(persistenceId))
                .thenCompose(highest -> {
                    long to = Math.min(toSequenceNr, highest);
                    StoreBatch batch = new StoreBatch()
                            .deleteRange(
                                    database.journal(),
                                    StoreKeys.event(persistenceId, 0),
                                    StoreKeys.event(persistenceId, to + 1))
                            .note(
                                    database.notes(),
                                    StoreKeys.removedTo(persistenceId),
                                    ByteBuffer.allocate(Long.BYTES).putLong(to).array());
                    return database.write(batch, true);
                }));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String persistenceId,
            long fromSequenceNr,
            long toSequenceNr,
            long max,
            Consumer<PersistentRepr> replayCallback) {
        return FutureConverters.asScala(database.read(() -> {
            replay(persistenceId, new Range(fromSequenceNr, toSequenceNr, max), replayCallback);
            return null;
        }));
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long fromSequenceNr) {
        return FutureConverters.asScala(database.read(() -> highest(persistenceId)));
    }

    private record Range(long from, long to, long max) {}

    private void replay(String persistenceId, Range range, Consumer<PersistentRepr> callback) throws RocksDBException {
        long end = range.to() == Long.MAX_VALUE ? range.to() : range.to() + 1;
        try (Slice upper = new Slice(StoreKeys.event(persistenceId, end));
                ReadOptions options = new ReadOptions()
                        .setVerifyChecksums(true)
                        .setFillCache(false)
                        .setIterateUpperBound(upper);
                RocksIterator at = database.db().newIterator(database.journal(), options)) {
            long left = range.max();
            at.seek(StoreKeys.event(persistenceId, range.from()));
            while (at.isValid() && left > 0) {
                callback.accept(serialization
                        .deserialize(at.value(), PersistentRepr.class)
                        .get());
                left--;
                at.next();
            }
            at.status();
        }
    }

    private long highest(String persistenceId) throws RocksDBException {
        byte[] removed = database.db().get(database.notes(), StoreKeys.removedTo(persistenceId));
        long highest = removed == null ? 0 : ByteBuffer.wrap(removed).getLong();
        try (Slice lower = new Slice(StoreKeys.event(persistenceId, 0));
                ReadOptions options = new ReadOptions().setVerifyChecksums(true).setIterateLowerBound(lower);
                RocksIterator at = database.db().newIterator(database.journal(), options)) {
            at.seekForPrev(StoreKeys.event(persistenceId, Long.MAX_VALUE));
            if (at.isValid()) {
                highest = Math.max(highest, StoreKeys.sequenceNr(at.key()));
            }
            at.status();
        }
        return highest;
    }
}
