package dev.weft.proxy.dns;

import java.util.Arrays;

/**
 * All records of one name and type, encoded. Each belongs to the name that was asked, which a compression pointer says,
 * so the bytes fit behind any question for that name, however its letters are cased.
 *
 * <p>Records come in rows: a row is one endpoint, and row n of a name's A set and of its AAAA set are the same one. Rows
 * are ordered by nearness; within one tier of nearness the order may be rotated.
 */
final class RecordSet {
    static final int ANSWERS = 6;
    static final int ADDITIONAL = 10;

    private final byte[] bytes;
    private final int[] rowEnds;
    private final int[] recordEnds;
    private final int[] tierEnds;
    private final byte[] additional;
    private final int additionalCount;

    /**
     * @param rowEnds where each row's bytes end
     * @param recordEnds how many records there are up to the end of each row
     * @param tierEnds the row behind the last of each tier
     * @param additional encoded records for the additional section
     */
    RecordSet(byte[] bytes, int[] rowEnds, int[] recordEnds, int[] tierEnds, byte[] additional, int additionalCount) {
        this.bytes = bytes;
        this.rowEnds = rowEnds;
        this.recordEnds = recordEnds;
        this.tierEnds = tierEnds;
        this.additional = additional;
        this.additionalCount = additionalCount;
    }

    /** One record, or several of fixed order. */
    static RecordSet of(byte[] bytes, int records) {
        return new RecordSet(bytes, new int[] {bytes.length}, new int[] {records}, new int[] {1}, new byte[0], 0);
    }

    int size() {
        return bytes.length;
    }

    /** Bytes of the records for the additional section. */
    int additionalSize() {
        return additional.length;
    }

    int records() {
        return recordEnds[recordEnds.length - 1];
    }

    int rows() {
        return rowEnds.length;
    }

    /**
     * Writes as many whole rows as fit as answers.
     *
     * @param limit the length that the message may reach
     * @param rotation where each tier begins, counted round
     * @return whether all fitted
     */
    boolean write(ResponseBuffer out, int limit, int rotation) {
        int from = 0;
        for (int to : tierEnds) {
            int turned = from + Integer.remainderUnsigned(rotation, to - from);
            if (!copy(out, limit, turned, to) || !copy(out, limit, from, turned)) {
                return false;
            }
            from = to;
        }
        return true;
    }

    /**
     * Writes a part of the rows: whole tiers while they fit, then some of the next, begun at a place that is the
     * client's own. The same client gets the same rows from an A set and an AAAA set that are of equal rows.
     */
    void writeSubset(ResponseBuffer out, int limit, int rowsThatFit, int client) {
        int left = rowsThatFit;
        int from = 0;
        for (int to : tierEnds) {
            int taken = Math.min(left, to - from);
            int start = from + Integer.remainderUnsigned(client, to - from);
            int turned = Math.min(taken, to - start);
            copy(out, limit, start, start + turned);
            copy(out, limit, from, from + taken - turned);
            left -= taken;
            from = to;
        }
    }

    /** Adds the records for the additional section when they fit whole; without them a client asks again. */
    void writeAdditional(ResponseBuffer out, int limit) {
        if (additionalCount > 0 && out.length() + additional.length <= limit) {
            out.put(additional);
            out.count(ADDITIONAL, additionalCount);
        }
    }

    private boolean copy(ResponseBuffer out, int limit, int fromRow, int toRow) {
        if (fromRow == toRow) {
            return true;
        }
        int start = byteStart(fromRow);
        int room = limit - out.length();
        int to = toRow;
        if (rowEnds[toRow - 1] - start > room) {
            int found = Arrays.binarySearch(rowEnds, fromRow, toRow, start + Math.max(0, room));
            to = found >= 0 ? found + 1 : -found - 1;
        }
        if (to > fromRow && room > 0) {
            out.put(bytes, start, rowEnds[to - 1] - start);
            out.count(ANSWERS, recordEnds[to - 1] - (fromRow == 0 ? 0 : recordEnds[fromRow - 1]));
        }
        return to == toRow;
    }

    private int byteStart(int row) {
        return row == 0 ? 0 : rowEnds[row - 1];
    }
}
