package dev.weft.registry.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Finds where a write-ahead log is damaged, for the error that says so: RocksDB tells that it is, and not where. Only
 * reads. Source: RocksDB's "Write Ahead Log File Format".
 *
 * @param file the name of the log
 * @param offset where its first damaged record begins, in bytes
 */
record LogDamage(String file, long offset) {
    private static final int BLOCK = 32 * 1024;

    /** Checksum (4), length (2) and type (1). */
    private static final int HEADER = 7;

    /** The same and the number of the log (4): in files that are used again. */
    private static final int RECYCLABLE_HEADER = 11;

    private static final int FIRST_RECYCLABLE = 5;
    private static final int LAST_RECYCLABLE = 8;
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int TYPE_AT = 6;

    /** The first damage in any of these, oldest first; empty if all records are whole. */
    static Optional<LogDamage> find(List<Path> logs) {
        for (Path log : logs) {
            try {
                long offset = firstDamaged(Files.readAllBytes(log));
                if (offset >= 0) {
                    return Optional.of(new LogDamage(log.getFileName().toString(), offset));
                }
            } catch (IOException e) {
                return Optional.of(new LogDamage(log.getFileName() + " (" + e + ")", 0));
            }
        }
        return Optional.empty();
    }

    /** Where the first record begins whose checksum or length is wrong; -1 if none is. */
    private static long firstDamaged(byte[] log) {
        ByteBuffer bytes = ByteBuffer.wrap(log).order(ByteOrder.LITTLE_ENDIAN);
        int at = 0;
        while (at + HEADER <= log.length) {
            int leftInBlock = BLOCK - at % BLOCK;
            if (leftInBlock < HEADER) {
                at += leftInBlock; // filled up with zeros
                continue;
            }
            int length = Short.toUnsignedInt(bytes.getShort(at + Integer.BYTES));
            int type = log[at + TYPE_AT];
            boolean empty = type == 0 && length == 0 && bytes.getInt(at) == 0;
            int header = type >= FIRST_RECYCLABLE && type <= LAST_RECYCLABLE ? RECYCLABLE_HEADER : HEADER;
            if (empty) {
                at += leftInBlock; // allocated and never written
                continue;
            }
            int end = at + header + length;
            if (header + length > leftInBlock || end > log.length || masked(log, at, end) != bytes.getInt(at)) {
                return at;
            }
            at = end;
        }
        return -1;
    }

    private static int masked(byte[] log, int at, int end) {
        CRC32C sum = new CRC32C();
        sum.update(log, at + TYPE_AT, end - at - TYPE_AT);
        return Integer.rotateRight((int) sum.getValue(), 15) + MASK_DELTA;
    }
}
