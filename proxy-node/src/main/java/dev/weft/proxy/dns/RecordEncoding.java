package dev.weft.proxy.dns;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes records whose owner is the name that was asked; pure. */
final class RecordEncoding {
    private static final int IPV4_BYTES = 4;

    private final long ttlSeconds;

    RecordEncoding(long ttlSeconds) {
        this.ttlSeconds = ttlSeconds;
    }

    /** The addresses of one endpoint, of both families. */
    record Row(int tier, List<byte[]> addresses) {}

    /** A name's A and AAAA sets, rows aligned. Rows must be in order of their tiers. */
    NameRecords addresses(List<Row> rows, boolean subset) {
        return NameRecords.of(family(rows, false), family(rows, true), subset);
    }

    NameRecords alias(byte[] target) {
        return NameRecords.alias(one(Wire.CNAME, target), new ByteKey(target));
    }

    NameRecords text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return NameRecords.other(Wire.TXT, one(Wire.TXT, DnsName.join(new byte[] {(byte) bytes.length}, bytes)));
    }

    NameRecords pointers(List<byte[]> targets) {
        List<byte[]> records = new ArrayList<>();
        targets.forEach(target -> records.add(record(Wire.PTR, target)));
        return NameRecords.other(Wire.PTR, RecordSet.of(DnsName.join(records.toArray(byte[][]::new)), targets.size()));
    }

    /** A record that belongs to the asked name. */
    byte[] record(int type, byte[] data) {
        return record(pointer(Wire.HEADER_BYTES), type, data);
    }

    byte[] record(byte[] owner, int type, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(owner.length + 10 + data.length);
        out.writeBytes(owner);
        putShort(out, type);
        putShort(out, Wire.CLASS_IN);
        putShort(out, (int) (ttlSeconds >>> 16));
        putShort(out, (int) ttlSeconds);
        putShort(out, data.length);
        out.writeBytes(data);
        return out.toByteArray();
    }

    byte[] address(byte[] owner, byte[] address) {
        return record(owner, typeOf(address), address);
    }

    /** Priority 0, in the order of RFC 2782: priority, weight, port; its target is not compressed. */
    byte[] service(int weight, int port, byte[] target) {
        ByteArrayOutputStream data = new ByteArrayOutputStream(6 + target.length);
        putShort(data, 0);
        putShort(data, weight);
        putShort(data, port);
        data.writeBytes(target);
        return record(Wire.SRV, data.toByteArray());
    }

    static byte[] pointer(int messageOffset) {
        return new byte[] {(byte) (0xC0 | (messageOffset >>> 8)), (byte) messageOffset};
    }

    static int typeOf(byte[] address) {
        return address.length == IPV4_BYTES ? Wire.A : Wire.AAAA;
    }

    private RecordSet one(int type, byte[] data) {
        return RecordSet.of(record(type, data), 1);
    }

    private @Nullable RecordSet family(List<Row> rows, boolean ipv6) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int[] rowEnds = new int[rows.size()];
        int[] recordEnds = new int[rows.size()];
        int records = 0;
        for (int i = 0; i < rows.size(); i++) {
            for (byte[] address : rows.get(i).addresses()) {
                if ((address.length > IPV4_BYTES) == ipv6) {
                    out.writeBytes(record(typeOf(address), address));
                    records++;
                }
            }
            rowEnds[i] = out.size();
            recordEnds[i] = records;
        }
        return records == 0
                ? null
                : new RecordSet(
                        out.toByteArray(),
                        rowEnds,
                        recordEnds,
                        tierEnds(rows.stream().map(Row::tier).toList()),
                        new byte[0],
                        0);
    }

    /** Where each run of one tier ends. */
    static int[] tierEnds(List<Integer> tiers) {
        List<Integer> ends = new ArrayList<>();
        for (int i = 1; i <= tiers.size(); i++) {
            if (i == tiers.size() || !tiers.get(i).equals(tiers.get(i - 1))) {
                ends.add(i);
            }
        }
        return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void putShort(ByteArrayOutputStream out, int value) {
        out.write(value >>> 8);
        out.write(value);
    }
}
