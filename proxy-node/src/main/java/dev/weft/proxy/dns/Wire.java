package dev.weft.proxy.dns;

/** Numbers of the DNS protocol, by the names of the IANA registry. */
final class Wire {
    static final int HEADER_BYTES = 12;
    static final int MAX_NAME_BYTES = 255;
    static final int MAX_LABEL_BYTES = 63;
    static final int MAX_UDP_PLAIN_BYTES = 512;
    static final int MAX_MESSAGE_BYTES = 65_535;

    static final int A = 1;
    static final int NS = 2;
    static final int CNAME = 5;
    static final int SOA = 6;
    static final int PTR = 12;
    static final int HINFO = 13;
    static final int TXT = 16;
    static final int AAAA = 28;
    static final int SRV = 33;
    static final int OPT = 41;
    static final int IXFR = 251;
    static final int AXFR = 252;
    static final int ANY = 255;

    static final int CLASS_IN = 1;

    static final int NOERROR = 0;
    static final int FORMERR = 1;
    static final int SERVFAIL = 2;
    static final int NXDOMAIN = 3;
    static final int NOTIMP = 4;
    static final int REFUSED = 5;
    static final int BADVERS = 16;

    /** Flag bits, as in the second 16 bits of a header. */
    static final int QR = 0x8000;

    static final int OPCODE = 0x7800;
    static final int AA = 0x0400;
    static final int TC = 0x0200;
    static final int RD = 0x0100;
    static final int RA = 0x0080;
    static final int CD = 0x0010;

    static final int COOKIE_OPTION = 10;

    /** A compression pointer to the question's name, which always starts behind the header. */
    static final int QUESTION_POINTER = 0xC000 | HEADER_BYTES;

    private Wire() {}

    static int unsignedShort(byte[] bytes, int offset) {
        return ((bytes[offset] & 0xFF) << 8) | (bytes[offset + 1] & 0xFF);
    }

    static void putInt(byte[] bytes, int offset, long value) {
        for (int i = 0; i < 4; i++) {
            bytes[offset + i] = (byte) (value >>> (24 - 8 * i));
        }
    }

    static long unsignedInt(byte[] bytes, int offset) {
        return ((long) unsignedShort(bytes, offset) << 16) | unsignedShort(bytes, offset + 2);
    }
}
