package dev.weft.registry.resource;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One IPv4 or IPv6 address as a value: 128 bits, of which IPv4 uses the lowest 32. Unlike {@code InetAddress} it never
 * looks a name up and takes no shortened or octal forms, so that a text names one address only.
 */
public record IpAddress(Family family, long high, long low) implements Comparable<IpAddress> {

    /** Reads the text form that Kubernetes takes: dotted decimal without leading zeros, or RFC 4291 without a zone. */
    public static Optional<IpAddress> parse(String text) {
        return text.indexOf(':') >= 0 ? parse6(text) : parse4(text).map(bits -> new IpAddress(Family.IPv4, 0, bits));
    }

    /** An IPv4 address from its 32 bits. */
    public static IpAddress v4(long bits) {
        return new IpAddress(Family.IPv4, 0, bits & 0xffff_ffffL);
    }

    private static Optional<Long> parse4(String text) {
        long bits = 0;
        int octets = 0;
        int octet = -1; // none of its digits was seen yet
        for (int i = 0; i <= text.length(); i++) {
            char letter = i < text.length() ? text.charAt(i) : '.';
            if (letter == '.' && octet >= 0) {
                bits = bits << 8 | octet;
                octets++;
                octet = -1;
            } else if (letter < '0' || letter > '9' || octet == 0) { // 01 would be octal to some
                return Optional.empty();
            } else {
                octet = Math.max(octet, 0) * 10 + letter - '0';
                if (octet > 255) {
                    return Optional.empty();
                }
            }
        }
        return octets == 4 ? Optional.of(bits) : Optional.empty();
    }

    private static Optional<IpAddress> parse6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text).filter(all -> all.size() == 8).map(IpAddress::join);
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        Optional<List<Integer>> head = groups(text.substring(0, gap));
        Optional<List<Integer>> tail = groups(text.substring(gap + 2));
        if (head.isEmpty() || tail.isEmpty() || head.get().size() + tail.get().size() > 7) {
            return Optional.empty();
        }
        List<Integer> all = new ArrayList<>(head.get());
        while (all.size() + tail.get().size() < 8) {
            all.add(0);
        }
        all.addAll(tail.get());
        return Optional.of(join(all));
    }

    private static Optional<List<Integer>> groups(String text) {
        List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return Optional.of(groups);
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (i == parts.length - 1 && part.indexOf('.') >= 0) {
                Optional<Long> embedded = parse4(part);
                if (embedded.isEmpty()) {
                    return Optional.empty();
                }
                groups.add((int) (embedded.get() >> 16));
                groups.add((int) (embedded.get() & 0xffff));
            } else if (part.isEmpty()
                    || part.length() > 4
                    || !part.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
                return Optional.empty();
            } else {
                groups.add(Integer.parseInt(part, 16));
            }
        }
        return Optional.of(groups);
    }

    private static IpAddress join(List<Integer> groups) {
        long high = 0;
        long low = 0;
        for (int i = 0; i < 4; i++) {
            high = high << 16 | groups.get(i);
            low = low << 16 | groups.get(i + 4);
        }
        return new IpAddress(Family.IPv6, high, low);
    }

    /** The address so many places further on; wraps around at the end of the family. */
    public IpAddress plus(long offset) {
        long sum = low + offset;
        if (family == Family.IPv4) {
            return v4(sum);
        }
        long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
        return new IpAddress(family, high + carry, sum);
    }

    /** Whether it is {@code 0.0.0.0} or {@code ::}. */
    public boolean isUnspecified() {
        return high == 0 && low == 0;
    }

    /** Whether it is in {@code 127.0.0.0/8} or is {@code ::1}. */
    public boolean isLoopback() {
        return family == Family.IPv4 ? low >>> 24 == 127 : high == 0 && low == 1;
    }

    /** Whether it is in {@code 169.254.0.0/16} or {@code fe80::/10}. */
    public boolean isLinkLocal() {
        return family == Family.IPv4 ? low >>> 16 == 0xa9fe : high >>> 54 == 0x3fa;
    }

    /** Whether it is in {@code 224.0.0.0/24} or {@code ff02::/16}. */
    public boolean isLinkLocalMulticast() {
        return family == Family.IPv4 ? low >>> 8 == 0xe00000 : high >>> 48 == 0xff02;
    }

    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        int byHigh = byFamily != 0 ? byFamily : Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    /** The canonical text: dotted decimal, or RFC 5952. */
    @Override
    public String toString() {
        if (family == Family.IPv4) {
            return (low >>> 24) + "." + (low >>> 16 & 255) + "." + (low >>> 8 & 255) + "." + (low & 255);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (high >>> (48 - 16 * i) & 0xffff);
            groups[i + 4] = (int) (low >>> (48 - 16 * i) & 0xffff);
        }
        return shorten(groups);
    }

    private static String shorten(int[] groups) {
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < 8; i++) {
            int length = 0;
            while (i + length < 8 && groups[i + length] == 0) {
                length++;
            }
            if (length > bestLength) {
                bestStart = i;
                bestLength = length;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }

    /** The address families; the names are the wire form. */
    public enum Family {
        IPv4(32),
        IPv6(128);

        private final int bits;

        Family(int bits) {
            this.bits = bits;
        }

        /** The length of an address. */
        public int bits() {
            return bits;
        }
    }
}
