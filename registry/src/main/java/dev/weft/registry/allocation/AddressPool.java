package dev.weft.registry.allocation;

import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.ResourceKey;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The addresses of some ranges and who holds which. Addresses that nobody asked for by name come from the upper part of
 * a range, so that the lower one stays free for wishes (SVC-6). For one thread.
 *
 * <p>Memory: one bit for each address up to the highest one in use, of at most 2^24 a range, and an entry for each
 * address in use. Of larger ranges only the first 2^24 are given out unasked; wishes may be anywhere.
 */
public final class AddressPool {
    private static final long MOST_DYNAMIC = 1L << 24;
    private static final long SMALLEST_BAND = 16;
    private static final long LARGEST_BAND = 256;
    private static final long BAND_SHARE = 16;

    private final String name;
    private final List<Range> ranges;
    private final Map<IpAddress, ResourceKey> owners = new HashMap<>();

    /**
     * Makes a pool without holders.
     *
     * @param name e.g. {@code service-ipv4}, for refusals
     * @param cidrs ranges of one family; filled in their order
     */
    public AddressPool(String name, List<Cidr> cidrs) {
        this.name = name;
        this.ranges = cidrs.stream().map(Range::new).toList();
    }

    /** Who holds an address. */
    public Optional<ResourceKey> owner(IpAddress address) {
        return Optional.ofNullable(owners.get(address));
    }

    /** How many addresses are held. */
    public int used() {
        return owners.size();
    }

    /** Whether an address can be given out at all: in a range, and neither its first nor (IPv4) its last. */
    public boolean covers(IpAddress address) {
        return ranges.stream().anyMatch(range -> range.covers(address));
    }

    /** Gives what a claim wishes, or any free address. The same owner asking again for what it holds gets it again. */
    public Taken take(Claim claim, RandomGenerator random) {
        if (!claim.wish().isEmpty()) {
            return takeWish(claim);
        }
        for (Range range : ranges) {
            Optional<IpAddress> free = range.findFree(random);
            if (free.isPresent()) {
                hold(free.get(), claim.owner());
                return new Taken.Given(free.get().toString());
            }
        }
        return new Taken.Denied(FieldError.invalid(
                claim.field(), "", "failed to allocate an address: range of pool " + name + " is full"));
    }

    private Taken takeWish(Claim claim) {
        Optional<IpAddress> wish = IpAddress.parse(claim.wish());
        if (wish.isEmpty()) {
            return denied(claim, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }
        if (!covers(wish.get())) {
            return denied(
                    claim,
                    "failed to allocate IP " + wish.get() + ": the provided IP is not in the valid range. The range of"
                            + " valid IPs is " + shown());
        }
        ResourceKey owner = owners.get(wish.get());
        if (owner != null && !owner.equals(claim.owner())) {
            return denied(claim, "failed to allocate IP " + wish.get() + ": provided IP is already allocated");
        }
        hold(wish.get(), claim.owner());
        return new Taken.Given(wish.get().toString());
    }

    private String shown() {
        return String.join(
                ", ", ranges.stream().map(range -> range.cidr.toString()).toList());
    }

    private static Taken denied(Claim claim, String why) {
        return new Taken.Denied(FieldError.invalid(claim.field(), claim.wish(), why));
    }

    /** Puts down what is known to be held, e.g. at recovery; also addresses outside the ranges, which may have changed. */
    public void hold(IpAddress address, ResourceKey owner) {
        owners.put(address, owner);
        ranges.forEach(range -> range.set(address, true));
    }

    /** Frees an address if this owner holds it; says whether it did. */
    public boolean free(IpAddress address, ResourceKey owner) {
        if (!owners.remove(address, owner)) {
            return false;
        }
        ranges.forEach(range -> range.set(address, false));
        return true;
    }

    /** One range: which places in it are taken. */
    private static final class Range {
        private final Cidr cidr;
        private final BitSet taken = new BitSet();
        /** The lowest and the highest place that may be given out. */
        private final long first;

        private final long last;
        /** The highest place that is given out unasked, and where the band for that begins. */
        private final int dynamicLast;

        private final int dynamicFirst;

        private Range(Cidr cidr) {
            this.cidr = cidr;
            long size = cidr.size();
            boolean single = size <= 2;
            boolean broadcast = cidr.family() == IpAddress.Family.IPv4 && !single;
            this.first = single ? 0 : 1;
            this.last = size - 1 - (broadcast ? 1 : 0);
            this.dynamicLast = (int) Math.min(last, MOST_DYNAMIC - 1);
            this.dynamicFirst = (int) Math.min(dynamicLast, first + band(size));
        }

        private static long band(long size) {
            return size < SMALLEST_BAND ? 0 : Math.min(Math.max(SMALLEST_BAND, size / BAND_SHARE), LARGEST_BAND);
        }

        private boolean covers(IpAddress address) {
            if (!cidr.contains(address)) {
                return false;
            }
            long place = cidr.offset(address);
            return place >= first && place <= last;
        }

        private Optional<IpAddress> findFree(RandomGenerator random) {
            int start = random.nextInt(dynamicFirst, dynamicLast + 1);
            int place = freeBetween(start, dynamicLast);
            if (place < 0) {
                place = freeBetween(dynamicFirst, start - 1);
            }
            if (place < 0) {
                place = freeBetween((int) first, dynamicFirst - 1);
            }
            return place < 0 ? Optional.empty() : Optional.of(cidr.first().plus(place));
        }

        private int freeBetween(int from, int to) {
            int place = from <= to ? taken.nextClearBit(from) : Integer.MAX_VALUE;
            return place <= to ? place : -1;
        }

        private void set(IpAddress address, boolean value) {
            long place = cidr.contains(address) ? cidr.offset(address) : Long.MAX_VALUE;
            if (place < MOST_DYNAMIC) {
                taken.set((int) place, value);
            }
        }
    }
}
