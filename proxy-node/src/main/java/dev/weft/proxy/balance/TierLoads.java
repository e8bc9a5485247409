package dev.weft.proxy.balance;

/**
 * How much of the traffic each tier of endpoints gets, the nearest first; pure.
 *
 * <p>With {@code h_i = min(1, f * usable_i / known_i)}, where f is the overprovisioning factor, and {@code t = min(1,
 * sum(h))}: tier i gets {@code min(1 - (what the tiers before it get), h_i / t)}. So a tier keeps all of its traffic until
 * less than {@code 1 / f} of its endpoints are usable, and passes on what is missing to the next; when all together are
 * not enough, each gets in proportion to what it has.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority">Envoy's
 *     priority levels</a>
 */
final class TierLoads {
    /** What all tiers get together. */
    static final int WHOLE = 10_000;

    private TierLoads() {}

    /**
     * Up to where of {@link #WHOLE} each tier's part reaches, one after another; all 0 when nothing is usable.
     *
     * @param usable by tier
     * @param known by tier, at least as many
     * @param factorPercent the overprovisioning factor, from 100
     */
    static int[] upTo(int[] usable, int[] known, int factorPercent) {
        int tiers = usable.length;
        double[] health = new double[tiers];
        double sum = 0;
        int last = -1;
        for (int tier = 0; tier < tiers; tier++) {
            health[tier] = known[tier] == 0 ? 0 : Math.min(1, factorPercent / 100.0 * usable[tier] / known[tier]);
            sum += health[tier];
            last = usable[tier] > 0 ? tier : last;
        }
        double total = Math.min(1, sum);
        int[] upTo = new int[tiers];
        double given = 0;
        for (int tier = 0; tier < tiers; tier++) {
            given = total == 0 ? 0 : Math.min(1, given + health[tier] / total);
            upTo[tier] =
                    last >= 0 && tier >= last ? WHOLE : (int) Math.round(given * WHOLE); // no part lost by rounding
        }
        return upTo;
    }
}
