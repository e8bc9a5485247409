package dev.weft.proxy.nftables;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Address ranges as text; pure. */
final class Networks {
    private static final int BYTE_BITS = 8;

    private Networks() {}

    /**
     * With the bits behind the prefix cleared, in one spelling.
     *
     * @return null for what is no range
     */
    static @Nullable String canonical(String text) {
        String[] parts = text.strip().split("/", -1);
        InetAddress address = parts.length == 2 ? Family.parse(parts[0]) : null;
        if (address == null || !parts[1].matches("[0-9]{1,3}")) {
            return null;
        }
        byte[] bytes = address.getAddress();
        int length = Integer.parseInt(parts[1]);
        if (length > bytes.length * BYTE_BITS) {
            return null;
        }
        for (int bit = length; bit < bytes.length * BYTE_BITS; bit++) {
            bytes[bit / BYTE_BITS] &= (byte) ~(0x80 >>> (bit % BYTE_BITS));
        }
        StringBuilder cleared = new StringBuilder();
        if (bytes.length == 4) {
            for (byte each : bytes) {
                cleared.append(cleared.length() == 0 ? "" : ".").append(each & 0xff);
            }
        } else {
            for (int at = 0; at < bytes.length; at += 2) {
                cleared.append(at == 0 ? "" : ":")
                        .append(Integer.toHexString(((bytes[at] & 0xff) << BYTE_BITS) | (bytes[at + 1] & 0xff)));
            }
        }
        return Family.canonical(cleared.toString()) + "/" + length;
    }

    /** Those of a family, in one spelling, sorted; what is no range is left out. */
    static List<String> of(Family family, List<String> ranges) {
        return ranges.stream()
                .map(Networks::canonical)
                .filter(Objects::nonNull)
                .filter(range -> Family.of(range) == family)
                .distinct()
                .sorted()
                .toList();
    }
}
