package dev.weft.registry.journal;

import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB's status codes mean here. */
final class Failures {
    private Failures() {}

    static StorageException of(String what, RocksDBException e) {
        Status status = e.getStatus();
        String message = what + ": " + e.getMessage();
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
