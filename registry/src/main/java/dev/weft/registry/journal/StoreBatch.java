package dev.weft.registry.journal;

import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Changes to the store that happen together or not at all. */
final class StoreBatch {
    private final List<Op> ops = new ArrayList<>();
    private long bytes;
    private boolean grows;

    private interface Op {
        void apply(WriteBatch batch) throws RocksDBException;
    }

    StoreBatch put(ColumnFamilyHandle family, byte[] key, byte[] value) {
        bytes += key.length + value.length;
        grows = true;
        ops.add(batch -> batch.put(family, key, value));
        return this;
    }

    StoreBatch delete(ColumnFamilyHandle family, byte[] key) {
        bytes += key.length;
        ops.add(batch -> batch.delete(family, key));
        return this;
    }

    /** Removes the keys from one (inclusive) to another (exclusive). */
    StoreBatch deleteRange(ColumnFamilyHandle family, byte[] from, byte[] to) {
        bytes += from.length + to.length;
        ops.add(batch -> batch.deleteRange(family, from, to));
        return this;
    }

    /** A small note that is written even when the disk is nearly full. */
    StoreBatch note(ColumnFamilyHandle family, byte[] key, byte[] value) {
        bytes += key.length + value.length;
        ops.add(batch -> batch.put(family, key, value));
        return this;
    }

    long bytes() {
        return bytes;
    }

    /** Whether it needs room on the disk, besides what removing needs. */
    boolean grows() {
        return grows;
    }

    void applyTo(WriteBatch batch) throws RocksDBException {
        for (Op op : ops) {
            op.apply(batch);
        }
    }
}
