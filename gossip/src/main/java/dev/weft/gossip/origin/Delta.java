package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.util.List;

/**
 * What follows in an origin, oldest first.
 *
 * @param origin which
 * @param after where it begins: the receiver must be complete up to here or, if full, have received up to here
 * @param upTo where it ends: with these records the receiver is complete (or has received) up to this number
 * @param horizon the sender's
 * @param full whether it is a piece of the full state, which replaces all that the receiver holds once it is complete
 * @param remaining how many records the sender holds beyond {@code upTo}; 0 ends a full state
 * @param records with numbers rising in (after, upTo]
 * @param seal the origin's word on the state up to {@code upTo}; empty where more records remain
 */
public record Delta(
        OriginId origin,
        long after,
        long upTo,
        long horizon,
        boolean full,
        long remaining,
        List<OriginRecord> records,
        ByteString seal) {
    public Delta {
        records = List.copyOf(records);
        if (after < 0 || upTo < after || horizon < 0 || remaining < 0) {
            throw new IllegalArgumentException("delta of " + origin + ": (" + after + ", " + upTo + "], horizon "
                    + horizon + ", remaining " + remaining + " (expected: a range, nothing negative)");
        }
        long last = after;
        for (OriginRecord record : records) {
            if (record.number() <= last || record.number() > upTo) {
                throw new IllegalArgumentException("delta of " + origin + ": record " + record.number() + " after "
                        + last + " in (" + after + ", " + upTo + "] (expected: rising, within the range)");
            }
            last = record.number();
        }
    }

    /** About how many bytes the records take in a frame. */
    public int bytes() {
        int bytes = 0;
        for (OriginRecord record : records) {
            bytes += record.bytes();
        }
        return bytes;
    }
}
