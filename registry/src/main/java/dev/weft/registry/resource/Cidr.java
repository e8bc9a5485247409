package dev.weft.registry.resource;

import java.util.Optional;

/**
 * A range of addresses that share a prefix.
 *
 * @param first its lowest address; the bits behind the prefix are zero
 * @param prefix length in bits, 0 to the family's length
 */
public record Cidr(IpAddress first, int prefix) {
    public Cidr {
        if (prefix < 0 || prefix > first.family().bits()) {
            throw new IllegalArgumentException("prefix /" + prefix + " is out of range for " + first);
        }
        if (!first.equals(masked(first, prefix))) {
            throw new IllegalArgumentException(first + "/" + prefix + " has bits behind its prefix");
        }
    }

    /** Reads {@code 10.96.0.0/12}; bits behind the prefix are cleared. Empty if it is no such text. */
    public static Optional<Cidr> parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("0|[1-9][0-9]{0,2}")) {
            return Optional.empty();
        }
        int prefix = Integer.parseInt(text.substring(slash + 1));
        return IpAddress.parse(text.substring(0, slash))
                .filter(address -> prefix <= address.family().bits())
                .map(address -> new Cidr(masked(address, prefix), prefix));
    }

    /** Like {@link #parse}, for settings: a text that is no range is an error of the operator. */
    public static Cidr of(String text) {
        return parse(text)
                .orElseThrow(
                        () -> new IllegalArgumentException("\"" + text + "\" is no address range like 10.96.0.0/16"));
    }

    public IpAddress.Family family() {
        return first.family();
    }

    public boolean contains(IpAddress address) {
        return address.family() == first.family() && masked(address, prefix).equals(first);
    }

    /** How many addresses it has, as RangeSize of Kubernetes: at most {@code Long.MAX_VALUE}. */
    public long size() {
        int hostBits = first.family().bits() - prefix;
        return hostBits >= 63 ? Long.MAX_VALUE : 1L << hostBits;
    }

    /** How far an address is from the first one; only for addresses inside. Capped at {@code Long.MAX_VALUE}. */
    public long offset(IpAddress address) {
        long distance = address.low() - first.low();
        return address.high() != first.high() || distance < 0 ? Long.MAX_VALUE : distance;
    }

    private static IpAddress masked(IpAddress address, int prefix) {
        if (address.family() == IpAddress.Family.IPv4) {
            return IpAddress.v4(address.low() & mask(prefix + 32));
        }
        return new IpAddress(
                address.family(), address.high() & mask(prefix), address.low() & mask(Math.max(0, prefix - 64)));
    }

    private static long mask(int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1L : -1L << (64 - bits);
    }

    @Override
    public String toString() {
        return first + "/" + prefix;
    }
}
