package dev.weft.proxy.dns;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An upstream's answer, checked and ready to be repeated: without its OPT record, with the places of its times to live,
 * which are bounded.
 *
 * @param bytes the message up to its OPT record
 * @param ttlOffsets where in it times to live stand
 * @param lifetimeSeconds how long it may be remembered; 0 for not at all
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ForeignAnswer(ByteKey bytes, int questionEnd, int code, int[] ttlOffsets, long lifetimeSeconds) {
    private static final int FIXED_BYTES = 10;
    private static final int SOA_MINIMUM_BYTES = 4;

    /**
     * Takes an upstream's message apart.
     *
     * @param question the header and question that were sent; id, name, type and class must come back
     * @param maxSeconds what longer times to live are cut down to
     * @return null for what is no answer to that question
     */
    static @Nullable ForeignAnswer parse(byte[] message, int length, byte[] question, long maxSeconds) {
        int questionEnd = question.length;
        if (length < questionEnd
                || (Wire.unsignedShort(message, 2) & (Wire.QR | Wire.OPCODE)) != Wire.QR
                || Wire.unsignedShort(message, 4) != 1
                || !Arrays.equals(message, 0, 2, question, 0, 2)
                || !sameQuestion(message, question)) {
            return null;
        }
        Walk walk = new Walk(message, length, questionEnd, maxSeconds);
        return walk.all() ? walk.answer(questionEnd) : null;
    }

    /** Whether the upstream says that its answer did not fit. */
    static boolean isTruncated(byte[] message) {
        return (Wire.unsignedShort(message, 2) & Wire.TC) != 0;
    }

    private static boolean sameQuestion(byte[] message, byte[] question) {
        for (int i = Wire.HEADER_BYTES; i < question.length; i++) {
            if (lower(message[i]) != lower(question[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    /** Goes over all records once. */
    private static final class Walk {
        private final byte[] message;
        private final int length;
        private final long maxSeconds;
        private final int[] counts = new int[3];
        private int[] offsets = new int[16];
        private long[] seconds = new long[16];
        private int found;
        private int at;
        private int end = -1;
        private long positive = Long.MAX_VALUE;
        private long negative;

        private Walk(byte[] message, int length, int start, long maxSeconds) {
            this.message = message;
            this.length = length;
            this.maxSeconds = maxSeconds;
            this.at = start;
            this.end = length;
        }

        private boolean all() {
            for (int section = 0; section < counts.length; section++) {
                int records = Wire.unsignedShort(message, 6 + 2 * section);
                for (int i = 0; i < records; i++) {
                    int start = at;
                    int fixed = DnsRequest.skipName(message, at, length);
                    if (fixed < 0 || fixed + FIXED_BYTES > length) {
                        return false;
                    }
                    at = fixed + FIXED_BYTES + Wire.unsignedShort(message, fixed + 8);
                    if (at > length) {
                        return false;
                    }
                    if (Wire.unsignedShort(message, fixed) == Wire.OPT) {
                        end = Math.min(end, start); // nothing before it points behind it
                    } else if (end == length) {
                        counts[section]++;
                        timeToLive(section, fixed);
                    }
                }
            }
            end = Math.min(end, at);
            return true;
        }

        private void timeToLive(int section, int fixed) {
            if (found == offsets.length) {
                offsets = Arrays.copyOf(offsets, found * 2);
                seconds = Arrays.copyOf(seconds, found * 2);
            }
            long left = bounded(Wire.unsignedInt(message, fixed + 4));
            if (section == 0) {
                positive = Math.min(positive, left);
            } else if (section == 1 && Wire.unsignedShort(message, fixed) == Wire.SOA && at - fixed > 4 * 5) {
                left = Math.min(left, bounded(Wire.unsignedInt(message, at - SOA_MINIMUM_BYTES))); // RFC 2308, 5
                negative = left;
            }
            offsets[found] = fixed + 4;
            seconds[found++] = left;
        }

        /** RFC 2181, 8: with the top bit set it counts as nothing. */
        private long bounded(long ttl) {
            return ttl > Integer.MAX_VALUE ? 0 : Math.min(ttl, maxSeconds);
        }

        private ForeignAnswer answer(int questionEnd) {
            byte[] bytes = Arrays.copyOf(message, end);
            for (int section = 0; section < counts.length; section++) {
                bytes[6 + 2 * section] = (byte) (counts[section] >>> 8);
                bytes[7 + 2 * section] = (byte) counts[section];
            }
            for (int i = 0; i < found; i++) {
                Wire.putInt(bytes, offsets[i], seconds[i]);
            }
            int code = Wire.unsignedShort(message, 2) & 0x0F;
            long lifetime = code == Wire.NOERROR && counts[0] > 0
                    ? positive
                    : code == Wire.NOERROR || code == Wire.NXDOMAIN ? negative : 0;
            return new ForeignAnswer(new ByteKey(bytes), questionEnd, code, Arrays.copyOf(offsets, found), lifetime);
        }
    }
}
