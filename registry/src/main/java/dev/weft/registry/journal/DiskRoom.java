package dev.weft.registry.journal;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the disk of the data directory has room. Who asks before a write is decided hears sooner that there is none than
 * the write itself: what was taken in before may use some of the reserve, so that it does not fail. Safe for several threads.
 */
final class DiskRoom {
    private static final Logger LOG = LoggerFactory.getLogger(DiskRoom.class);
    /** One part of so many of the reserve is for what was taken in already. */
    private static final int TAKEN_IN = 4;

    private final LongSupplier freeBytes;
    private final long reserve;
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * @param freeBytes how much room the disk has; asked each time, and must not wait for the disk
     * @param reserve bytes that are to stay free
     */
    DiskRoom(LongSupplier freeBytes, long reserve) {
        this.freeBytes = freeBytes;
        this.reserve = reserve;
    }

    /** Why nothing more is to be taken in; empty if there is room. */
    Optional<StorageException> lack() {
        return below(reserve);
    }

    /** Why what was taken in cannot be written; empty if there is room. */
    Optional<StorageException> lackForTakenIn() {
        return below(reserve - reserve / TAKEN_IN);
    }

    private Optional<StorageException> below(long least) {
        long free = freeBytes.getAsLong();
        if (free >= least) {
            if (free >= reserve && told.compareAndSet(true, false)) {
                LOG.info("The disk of the data directory has room again: writes go on");
            }
            return Optional.empty();
        }
        StorageException lack = new StorageException(
                StorageException.Kind.FULL,
                "the disk of the data directory is full: " + free + " bytes are free (expected: at least " + reserve
                        + "); make room, writes go on by themselves");
        if (told.compareAndSet(false, true)) {
            LOG.warn("Writes are refused: {}", lack.getMessage());
        }
        return Optional.of(lack);
    }
}
