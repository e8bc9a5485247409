package dev.weft.registry.journal;

import java.sql.SQLException;
import java.util.Optional;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB's status codes and PostgreSQL's error codes mean here. */
final class Failures {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String DISK_FULL = "53100";

    private Failures() {}

    /** Empty where the statement may have been carried out: most errors tell of the connection, not of the commit. */
    static Optional<StorageException> of(SQLException e) {
        if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
            return Optional.of(new StorageException(
                    StorageException.Kind.CONFLICT, "another process has taken this shard over; try again", e));
        }
        if (DISK_FULL.equals(e.getSQLState())) {
            return Optional.of(new StorageException(
                    StorageException.Kind.FULL,
                    "the database's disk is full: " + e.getMessage() + "; make room, writes go on by themselves",
                    e));
        }
        return Optional.empty();
    }

    static StorageException of(String what, RocksDBException e) {
        return of(what, e, String.valueOf(e.getMessage()));
    }

    /** The same where more is known than the exception says. */
    static StorageException of(String what, RocksDBException e, String text) {
        Status status = e.getStatus();
        String message = what + ": " + text;
        if (status == null) {
            return new StorageException(StorageException.Kind.IO, message, e);
        }
        if (status.getSubCode() == Status.SubCode.NoSpace) {
            return new StorageException(
                    StorageException.Kind.FULL, message + "; make room, writes go on by themselves", e);
        }
        return new StorageException(
                status.getCode() == Status.Code.Corruption ? StorageException.Kind.CORRUPT : StorageException.Kind.IO,
                message,
                e);
    }
}
