package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.util.List;

/**
 * Records of an origin that follow each other, and its word on the state they lead to.
 *
 * @param records at least one, each naming the one before it
 * @param seal of the state up to the last record
 */
public record Batch(OriginId origin, List<OriginRecord> records, ByteString seal) {
    public Batch {
        records = List.copyOf(records);
        if (records.isEmpty()) {
            throw new IllegalArgumentException("batch of " + origin + ": no records (expected: at least one)");
        }
        long last = records.get(0).previous();
        for (OriginRecord record : records) {
            if (record.previous() != last) {
                throw new IllegalArgumentException("batch of " + origin + ": record " + record.number() + " follows "
                        + record.previous() + " (expected: " + last + ")");
            }
            last = record.number();
        }
    }

    /** The number of the last record. */
    public long upTo() {
        return records.get(records.size() - 1).number();
    }

    /** What of it is beyond a number; may be nothing. */
    public List<OriginRecord> after(long number) {
        return records.stream().filter(record -> record.number() > number).toList();
    }
}
