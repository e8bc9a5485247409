package dev.weft.proxy.dns;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Address ranges such as {@code 10.0.0.0/8} and {@code fd00::/8}; pure. */
final class AddressRanges {
    private final List<Range> ranges = new ArrayList<>();

    /**
     * @param key the configuration key that they come from, for the error
     * @throws IllegalArgumentException when a text is no range
     */
    AddressRanges(String key, List<String> texts) {
        texts.forEach(text -> ranges.add(parse(key, text)));
    }

    /** Allocates nothing for IPv4. */
    boolean contains(InetAddress address) {
        if (!(address instanceof Inet4Address)) {
            return !ranges.isEmpty() && covers(address.getAddress(), Integer.MAX_VALUE);
        }
        int bits = address.hashCode(); // an IPv4 address hashes to itself
        for (int i = 0; i < ranges.size(); i++) {
            if (ranges.get(i).holds(bits)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether a range holds every address that begins with the first bits of this one.
     *
     * @param bits how many count; more than there are means all
     */
    boolean covers(byte[] address, int bits) {
        for (Range range : ranges) {
            if (range.address.length == address.length && range.prefix <= bits && range.sharesPrefix(address)) {
                return true;
            }
        }
        return false;
    }

    private static Range parse(String key, String text) {
        int slash = text.indexOf('/');
        byte[] address = NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
        String prefix = slash < 0 ? "" : text.substring(slash + 1);
        if (address != null && prefix.matches("[0-9]{0,3}")) {
            int bits = prefix.isEmpty() ? address.length * 8 : Integer.parseInt(prefix);
            if (bits <= address.length * 8) {
                return new Range(address, bits);
            }
        }
        throw new IllegalArgumentException(key + ": " + text + " (expected: a range such as 10.0.0.0/8 or fd00::/8)");
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Range(byte[] address, int prefix) {
        boolean holds(int ipv4) {
            return address.length == Integer.BYTES
                    && (prefix == 0 || ((ipv4 ^ (int) Wire.unsignedInt(address, 0)) >>> (Integer.SIZE - prefix)) == 0);
        }

        boolean sharesPrefix(byte[] other) {
            for (int bit = 0; bit < prefix; bit += 8) {
                int mask = bit + 8 <= prefix ? 0xFF : (0xFF << (8 - (prefix - bit))) & 0xFF;
                if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
