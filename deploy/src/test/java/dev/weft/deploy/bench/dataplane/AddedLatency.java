package dev.weft.deploy.bench.dataplane;

import java.util.Locale;

/**
 * What proxies add to a latency; pure. What the peer adds counts as at least {@link #FLOOR} of the direct latency: less is
 * within the noise of the measurement, and a ratio of two noises says nothing.
 *
 * @param direct without a proxy (µs)
 * @param peer through HAProxy (µs)
 * @param weft through Weft (µs)
 */
record AddedLatency(double direct, double peer, double weft) {
    /** Share of the direct latency. */
    static final double FLOOR = 0.05;

    boolean reached(double bar) {
        return weft - direct <= most(bar);
    }

    /** What each adds, what Weft may add, and whether it does. */
    String verdict(double bar) {
        return String.format(
                Locale.ROOT,
                "added: haproxy %+.0f us, weft %+.0f us (bar %.1f x haproxy's, of at least %.0f %% of direct, = %.0f us: %s)",
                peer - direct,
                weft - direct,
                bar,
                100 * FLOOR,
                most(bar),
                reached(bar) ? "reached" : "NOT reached");
    }

    private double most(double bar) {
        return bar * Math.max(peer - direct, FLOOR * direct);
    }
}
