package dev.weft.gossip.origin;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Records in the order of their numbers, in two arrays: there are as many as all clusters together have, and a tree would
 * take more than what is in it. New ones come at the end. What goes leaves a hole; holes are closed when they are a fourth
 * of all. Belongs to one owner.
 */
final class RecordLog {
    private static final int SMALLEST = 8;

    private long[] numbers = new long[0];
    private @Nullable OriginRecord[] records = new OriginRecord[0];
    private int end;
    private int size;

    int size() {
        return size;
    }

    void add(OriginRecord record) {
        int at = end == 0 || numbers[end - 1] < record.number() ? end : from(record.number());
        if (at < end && numbers[at] == record.number()) {
            size += records[at] == null ? 1 : 0;
            records[at] = record;
            return;
        }
        if (end == numbers.length) {
            room();
        }
        System.arraycopy(numbers, at, numbers, at + 1, end - at);
        System.arraycopy(records, at, records, at + 1, end - at);
        numbers[at] = record.number();
        records[at] = record;
        end++;
        size++;
    }

    private void room() {
        int capacity = end + Math.max(SMALLEST, end / 4);
        numbers = Arrays.copyOf(numbers, capacity);
        records = Arrays.copyOf(records, capacity);
    }

    void remove(long number) {
        int at = from(number);
        if (at < end && numbers[at] == number && records[at] != null) {
            records[at] = null;
            size--;
            if (end - size > SMALLEST && (end - size) * 4 > end) {
                close();
            }
        }
    }

    private void close() {
        int kept = 0;
        for (int at = 0; at < end; at++) {
            if (records[at] != null) {
                numbers[kept] = numbers[at];
                records[kept] = records[at];
                kept++;
            }
        }
        Arrays.fill(records, kept, end, null);
        end = kept;
    }

    /** The place of the first record whose number is not smaller. */
    private int from(long number) {
        int found = Arrays.binarySearch(numbers, 0, end, number);
        return found < 0 ? -found - 1 : found;
    }

    /** How many have a number beyond this one. */
    int countAfter(long number) {
        int count = 0;
        for (int at = end - 1; at >= 0 && numbers[at] > number; at--) {
            count += records[at] == null ? 0 : 1;
        }
        return count;
    }

    /** Those whose number is beyond this one, in order; not to be used any more when something changed. */
    Iterator<OriginRecord> after(long number) {
        return new Walk(from(number + 1));
    }

    private final class Walk implements Iterator<OriginRecord> {
        private int at;

        private Walk(int at) {
            this.at = at;
            skip();
        }

        private void skip() {
            while (at < end && records[at] == null) {
                at++;
            }
        }

        @Override
        public boolean hasNext() {
            return at < end;
        }

        @Override
        public OriginRecord next() {
            OriginRecord next = at < end ? records[at] : null;
            if (next == null) {
                throw new NoSuchElementException();
            }
            at++;
            skip();
            return next;
        }
    }
}
