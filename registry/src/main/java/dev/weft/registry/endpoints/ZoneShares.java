package dev.weft.registry.endpoints;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How the CPUs of the cluster divide over its zones: what the hints of the topology mode {@code Auto} are proportional to
 * (rule EPS-8, KEP-2433). Equal shares are equal values, however many CPUs stand behind them.
 *
 * @param known false as long as not all nodes were heard of; what was hinted up to then is kept
 * @param parts by zone, all above 0, without a common divisor; empty where no hints can be given
 */
public record ZoneShares(boolean known, SortedMap<String, Long> parts) {
    /** Not all nodes were heard of yet. */
    public static final ZoneShares UNKNOWN = new ZoneShares(false, new TreeMap<>());

    /** All nodes are known, and do not say enough. */
    public static final ZoneShares NONE = new ZoneShares(true, new TreeMap<>());

    public ZoneShares {
        parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
    }

    /**
     * Of all nodes. Those that do not count are left out; {@link #NONE} where one of the others has no zone or no CPU, or
     * where they are all in one zone.
     */
    public static ZoneShares of(Collection<NodeRecord> nodes) {
        SortedMap<String, Long> millis = new TreeMap<>();
        for (NodeRecord node : nodes) {
            if (node.counts()) {
                if (node.zone().isEmpty() || node.milliCpu() <= 0) {
                    return NONE;
                }
                millis.merge(node.zone(), node.milliCpu(), Long::sum);
            }
        }
        if (millis.size() < 2) {
            return NONE;
        }
        long divisor = millis.values().stream()
                .map(BigInteger::valueOf)
                .reduce(BigInteger.ZERO, BigInteger::gcd)
                .longValueExact();
        millis.replaceAll((zone, part) -> part / divisor);
        return new ZoneShares(true, millis);
    }
}
