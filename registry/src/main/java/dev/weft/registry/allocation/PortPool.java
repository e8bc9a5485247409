package dev.weft.registry.allocation;

import dev.weft.registry.resource.FieldError;
import dev.weft.registry.resource.PortRange;
import dev.weft.registry.resource.ResourceKey;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The node ports of one protocol and who holds which; ports that nobody asked for by number come from the upper part
 * of the range (SVC-6). For one thread.
 */
public final class PortPool {
    private static final int SMALLEST_BAND = 16;
    private static final int LARGEST_BAND = 128;
    private static final int BAND_SHARE = 32;

    private final PortRange range;
    private final int dynamicFirst;
    private final Map<Integer, ResourceKey> owners = new HashMap<>();
    private final BitSet taken = new BitSet();

    /** Makes a pool without holders. */
    public PortPool(PortRange range) {
        this.range = range;
        this.dynamicFirst = range.first() + band(range.size());
    }

    /** How many ports are kept for wishes, as kube-apiserver's port allocator has it: none of a range this small. */
    private static int band(int size) {
        return size <= SMALLEST_BAND ? 0 : Math.min(Math.max(SMALLEST_BAND, size / BAND_SHARE), LARGEST_BAND);
    }

    public Optional<ResourceKey> owner(int port) {
        return Optional.ofNullable(owners.get(port));
    }

    public int used() {
        return owners.size();
    }

    /** Gives what a claim wishes, or any free port. The same owner asking again for what it holds gets it again. */
    public Taken take(Claim claim, RandomGenerator random) {
        if (!claim.wish().isEmpty()) {
            return takeWish(claim);
        }
        int start = random.nextInt(dynamicFirst, range.last() + 1);
        int port = freeBetween(start, range.last());
        if (port < 0) {
            port = freeBetween(dynamicFirst, start - 1);
        }
        if (port < 0) {
            port = freeBetween(range.first(), dynamicFirst - 1);
        }
        if (port < 0) {
            return new Taken.Denied(
                    FieldError.invalid(claim.field(), 0, "failed to allocate a nodePort: range is full"));
        }
        hold(port, claim.owner());
        return new Taken.Given(Integer.toString(port));
    }

    private Taken takeWish(Claim claim) {
        int port = claim.wish().matches("[0-9]{1,5}") ? Integer.parseInt(claim.wish()) : -1;
        if (!range.contains(port)) {
            return denied(claim, port, "provided port is not in the valid range. The range of valid ports is " + range);
        }
        ResourceKey owner = owners.get(port);
        if (owner != null && !owner.equals(claim.owner())) {
            return denied(claim, port, "provided port is already allocated");
        }
        hold(port, claim.owner());
        return new Taken.Given(claim.wish());
    }

    private static Taken denied(Claim claim, int port, String why) {
        return new Taken.Denied(FieldError.invalid(claim.field(), port, why));
    }

    private int freeBetween(int from, int to) {
        int port = from <= to ? taken.nextClearBit(from) : Integer.MAX_VALUE;
        return port <= to ? port : -1;
    }

    /** Puts down what is known to be held, e.g. at recovery. */
    public void hold(int port, ResourceKey owner) {
        owners.put(port, owner);
        taken.set(port);
    }

    /** Frees a port if this owner holds it; says whether it did. */
    public boolean free(int port, ResourceKey owner) {
        if (!owners.remove(port, owner)) {
            return false;
        }
        taken.clear(port);
        return true;
    }
}
