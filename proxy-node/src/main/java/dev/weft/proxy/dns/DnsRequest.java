package dev.weft.proxy.dns;

/** A question's message taken apart; made once and used again for every message of an event loop. */
final class DnsRequest {
    /** Nothing is answered: too short for a header, or itself an answer. */
    static final int DROP = -1;

    private static final int MIN_RECORD_BYTES = 10;
    private static final int CLIENT_COOKIE_BYTES = 8;
    private static final int MAX_COOKIE_BYTES = 40;
    private static final int MIN_SERVER_COOKIE_BYTES = 8;

    private final ParsedName name = new ParsedName();
    private int flags;
    private int type;
    private int queryClass;
    private int questionEnd;
    private boolean edns;
    private int payloadBytes;
    private int version;
    private int ednsFlags;
    private int cookieAt;
    private int cookieBytes;

    /** What the message asks for, when {@link #parse} gave {@code NOERROR}. */
    ParsedName name() {
        return name;
    }

    int flags() {
        return flags;
    }

    int type() {
        return type;
    }

    int queryClass() {
        return queryClass;
    }

    /** Where the question section ends; 12 when there is none to repeat. */
    int questionEnd() {
        return questionEnd;
    }

    boolean edns() {
        return edns;
    }

    /** The most that the client takes over UDP, from 512 (RFC 6891, 6.2.3). */
    int payloadBytes() {
        return payloadBytes;
    }

    int version() {
        return version;
    }

    /** The DO bit and the reserved ones. */
    int ednsFlags() {
        return ednsFlags;
    }

    /** Where the cookie starts; its first 8 bytes are the client's. */
    int cookieAt() {
        return cookieAt;
    }

    /** 0 for no cookie. */
    int cookieBytes() {
        return cookieBytes;
    }

    /**
     * Takes a message apart.
     *
     * @return the response code that the message by itself deserves, or {@link #DROP}
     */
    int parse(byte[] message, int length) {
        questionEnd = Wire.HEADER_BYTES;
        edns = false;
        payloadBytes = Wire.MAX_UDP_PLAIN_BYTES;
        cookieBytes = 0;
        ednsFlags = 0;
        version = 0;
        if (length < Wire.HEADER_BYTES) {
            return DROP;
        }
        flags = Wire.unsignedShort(message, 2);
        if ((flags & Wire.QR) != 0) {
            return DROP;
        }
        if ((flags & Wire.OPCODE) != 0) {
            return Wire.NOTIMP;
        }
        if (Wire.unsignedShort(message, 4) != 1 || Wire.unsignedShort(message, 6) != 0) {
            return Wire.FORMERR;
        }
        int at = name.parse(message, Wire.HEADER_BYTES, length);
        if (at < 0 || at + 4 > length) {
            return Wire.FORMERR;
        }
        type = Wire.unsignedShort(message, at);
        queryClass = Wire.unsignedShort(message, at + 2);
        questionEnd = at + 4;
        int records = Wire.unsignedShort(message, 8) + Wire.unsignedShort(message, 10);
        int end = questionEnd;
        for (int i = 0; i < records && end >= 0; i++) {
            end = record(message, end, length);
        }
        return end == length ? Wire.NOERROR : Wire.FORMERR;
    }

    /** Where the record ends; -1 when it is none. */
    private int record(byte[] message, int from, int length) {
        int at = skipName(message, from, length);
        if (at < 0 || at + MIN_RECORD_BYTES > length) {
            return -1;
        }
        int end = at + MIN_RECORD_BYTES + Wire.unsignedShort(message, at + 8);
        if (end > length) {
            return -1;
        }
        if (Wire.unsignedShort(message, at) == Wire.OPT) {
            if (edns || message[from] != 0) {
                return -1;
            }
            edns = true;
            payloadBytes = Math.max(Wire.MAX_UDP_PLAIN_BYTES, Wire.unsignedShort(message, at + 2));
            version = message[at + 5] & 0xFF;
            ednsFlags = Wire.unsignedShort(message, at + 6);
            return options(message, at + MIN_RECORD_BYTES, end) ? end : -1;
        }
        return end;
    }

    private boolean options(byte[] message, int from, int end) {
        int at = from;
        while (at < end) {
            if (at + 4 > end) {
                return false;
            }
            int size = Wire.unsignedShort(message, at + 2);
            if (at + 4 + size > end) {
                return false;
            }
            if (Wire.unsignedShort(message, at) == Wire.COOKIE_OPTION && cookieBytes == 0) {
                if (size != CLIENT_COOKIE_BYTES
                        && (size < CLIENT_COOKIE_BYTES + MIN_SERVER_COOKIE_BYTES || size > MAX_COOKIE_BYTES)) {
                    return false; // RFC 7873, 5.2.2
                }
                cookieAt = at + 4;
                cookieBytes = size;
            }
            at += 4 + size;
        }
        return true;
    }

    /** Behind a name that may be compressed; -1 when there is none. */
    static int skipName(byte[] message, int from, int length) {
        int at = from;
        while (at < length) {
            int size = message[at] & 0xFF;
            if (size == 0) {
                return at + 1;
            }
            if (size >= 0xC0) {
                return at + 2 <= length ? at + 2 : -1;
            }
            if (size > Wire.MAX_LABEL_BYTES) {
                return -1;
            }
            at += 1 + size;
        }
        return -1;
    }
}
