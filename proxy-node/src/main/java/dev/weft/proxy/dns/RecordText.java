package dev.weft.proxy.dns;

import io.netty.util.NetUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One record as zone files write it.
 *
 * @param name its owner, with a dot at the end
 * @param data e.g. {@code 10.0.0.1}, or {@code 0 100 80 web.shop.svc.cluster.local.}
 */
public record RecordText(String name, long ttlSeconds, String type, String data) {
    private static final int FIXED_BYTES = 10;

    /**
     * Reads the answer section of a message that this node made.
     *
     * @param from where the section begins
     */
    static List<RecordText> answers(byte[] message, int from) {
        List<RecordText> records = new ArrayList<>();
        int at = from;
        for (int left = Wire.unsignedShort(message, RecordSet.ANSWERS); left > 0; left--) {
            int fixed = behindName(message, at);
            int length = Wire.unsignedShort(message, fixed + 8);
            int type = Wire.unsignedShort(message, fixed);
            records.add(new RecordText(
                    name(message, at),
                    Wire.unsignedInt(message, fixed + 4),
                    typeName(type),
                    data(message, type, fixed + FIXED_BYTES, length)));
            at = fixed + FIXED_BYTES + length;
        }
        return records;
    }

    private static String typeName(int type) {
        return switch (type) {
            case Wire.A -> "A";
            case Wire.AAAA -> "AAAA";
            case Wire.CNAME -> "CNAME";
            case Wire.SRV -> "SRV";
            case Wire.PTR -> "PTR";
            default -> "TYPE" + type;
        };
    }

    private static String data(byte[] message, int type, int at, int length) {
        return switch (type) {
            case Wire.A, Wire.AAAA -> NetUtil.bytesToIpAddress(message, at, length);
            case Wire.CNAME, Wire.PTR -> name(message, at);
            case Wire.SRV ->
                Wire.unsignedShort(message, at) + " " + Wire.unsignedShort(message, at + 2) + " "
                        + Wire.unsignedShort(message, at + 4) + " " + name(message, at + 6);
            default -> "\\# " + length;
        };
    }

    private static int behindName(byte[] message, int from) {
        int at = from;
        while (message[at] != 0) {
            if ((message[at] & 0xC0) == 0xC0) {
                return at + 2;
            }
            at += 1 + message[at];
        }
        return at + 1;
    }

    private static String name(byte[] message, int from) {
        StringBuilder name = new StringBuilder();
        int at = from;
        while (message[at] != 0) {
            if ((message[at] & 0xC0) == 0xC0) {
                at = Wire.unsignedShort(message, at) & 0x3FFF; // made here, so it points back
                continue;
            }
            name.append(new String(message, at + 1, message[at], StandardCharsets.US_ASCII))
                    .append('.');
            at += 1 + message[at];
        }
        return name.isEmpty() ? "." : name.toString();
    }
}
