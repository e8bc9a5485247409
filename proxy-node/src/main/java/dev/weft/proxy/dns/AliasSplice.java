package dev.weft.proxy.dns;

/** Puts an upstream's records for an alias's target behind the alias, names written out; pure. */
final class AliasSplice {
    private static final int FIXED_BYTES = 10;
    private static final int MAX_POINTERS = 64;

    private AliasSplice() {}

    /**
     * Appends the A, AAAA and CNAME records of the answer section; others are left out, for their names may be
     * compressed in ways of their own.
     *
     * @return whether all fitted
     */
    static boolean append(ResponseBuffer out, AnswerCache.Entry entry, int limit) {
        ForeignAnswer answer = entry.answer();
        byte[] from = answer.bytes().bytes();
        byte[] name = new byte[Wire.MAX_NAME_BYTES];
        int records = Wire.unsignedShort(from, 6);
        int at = answer.questionEnd();
        for (int i = 0; i < records; i++) {
            int fixed = DnsRequest.skipName(from, at, from.length);
            int type = Wire.unsignedShort(from, fixed);
            int size = Wire.unsignedShort(from, fixed + 8);
            int owner = expand(from, at, name);
            at = fixed + FIXED_BYTES + size;
            if (owner < 0 || (type != Wire.A && type != Wire.AAAA && type != Wire.CNAME)) {
                continue;
            }
            int start = out.length();
            if (start + owner + FIXED_BYTES + Wire.MAX_NAME_BYTES > limit
                    && start + owner + FIXED_BYTES + size > limit) {
                return false;
            }
            out.put(name, 0, owner);
            out.put(from, fixed, FIXED_BYTES);
            Wire.putInt(out.bytes(), out.length() - 6, entry.left(Wire.unsignedInt(from, fixed + 4)));
            if (type != Wire.CNAME) {
                out.put(from, fixed + FIXED_BYTES, size);
            } else {
                int target = expand(from, fixed + FIXED_BYTES, name);
                if (target < 0 || out.length() + target > limit) {
                    out.length(start);
                    return false;
                }
                out.setShort(out.length() - 2, target);
                out.put(name, 0, target);
            }
            out.count(RecordSet.ANSWERS, 1);
        }
        return true;
    }

    /** Writes out the name at a place; -1 when it is none. */
    static int expand(byte[] message, int from, byte[] name) {
        int at = from;
        int length = 0;
        for (int jumps = 0; at < message.length; ) {
            int size = message[at] & 0xFF;
            if (size >= 0xC0) {
                if (++jumps > MAX_POINTERS || at + 1 >= message.length) {
                    return -1;
                }
                at = Wire.unsignedShort(message, at) & 0x3FFF;
                continue;
            }
            if (size > Wire.MAX_LABEL_BYTES || length + 1 + size > name.length || at + 1 + size > message.length) {
                return -1;
            }
            System.arraycopy(message, at, name, length, 1 + size);
            length += 1 + size;
            at += 1 + size;
            if (size == 0) {
                return length;
            }
        }
        return -1;
    }
}
