package dev.weft.deploy.client;

import dev.weft.deploy.client.MetricSamples.Sample;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last readings of a proxy-node's numbers, between which rates are; immutable.
 *
 * <p>What the kernel counts is told as it was when the kernel was last asked, which may be long before it is told. Its rates
 * are therefore between the times of two different answers of the kernel, of which none was there before the first reading.
 */
public final class TrafficWindow {
    private static final String KERNEL = "weft_proxy_nftables_";
    private static final String COUNTED = KERNEL + "counted_timestamp_seconds";
    private static final String SERVICES = KERNEL + "services";

    private final Point before;
    private final Point now;
    /** When the kernel had been asked before the first reading; NaN for never. */
    private final double stale;

    private final @Nullable Point kernelBefore;
    private final @Nullable Point kernelNow;

    /** Numbers by name and labels, of that time in seconds. */
    private record Point(Map<Map.Entry<String, Map<String, String>>, Double> values, double seconds) {
        static Point of(MetricSamples samples, double seconds) {
            Map<Map.Entry<String, Map<String, String>>, Double> values = new HashMap<>();
            samples.all().forEach(sample -> values.put(Map.entry(sample.name(), sample.labels()), sample.value()));
            return new Point(values, seconds);
        }

        /** What there is none of has not begun to count. */
        double value(Sample sample) {
            return values.getOrDefault(Map.entry(sample.name(), sample.labels()), 0.0);
        }
    }

    private final MetricSamples samples;

    private TrafficWindow(
            MetricSamples samples,
            Point before,
            Point now,
            double stale,
            @Nullable Point kernelBefore,
            @Nullable Point kernelNow) {
        this.samples = samples;
        this.before = before;
        this.now = now;
        this.stale = stale;
        this.kernelBefore = kernelBefore;
        this.kernelNow = kernelNow;
    }

    /**
     * With a first reading.
     *
     * @param at when it was made, by any clock that {@link #next} is told too
     */
    public static TrafficWindow begin(MetricSamples samples, Duration at) {
        Point first = Point.of(samples, seconds(at));
        return new TrafficWindow(samples, first, first, counted(samples), null, null);
    }

    /** With one reading more, of that time. */
    public TrafficWindow next(MetricSamples read, Duration at) {
        double counted = counted(read);
        Point known = kernelNow;
        boolean news = !Double.isNaN(counted) && counted != (known == null ? stale : known.seconds());
        return new TrafficWindow(
                read,
                now,
                Point.of(read, seconds(at)),
                stale,
                news ? known : kernelBefore,
                news ? Point.of(read, counted) : known);
    }

    /** Whether the kernel serves something and has not yet been asked twice, so that nothing is known of its rates. */
    public boolean awaitsKernel() {
        return kernelBefore == null
                && samples.all().stream()
                        .anyMatch(sample -> sample.name().equals(SERVICES)
                                && sample.label("by").equals("kernel")
                                && sample.value() > 0);
    }

    /** The last reading. */
    MetricSamples last() {
        return samples;
    }

    /** How much more of it there was in a second; 0 for what began anew, and where nothing is known. */
    double rate(Sample sample) {
        if (!sample.name().startsWith(KERNEL)) {
            return rate(sample, before, now);
        }
        Point from = kernelBefore;
        Point to = kernelNow;
        return from == null || to == null ? 0 : rate(sample, from, to);
    }

    private static double rate(Sample sample, Point from, Point to) {
        return Math.max(0, to.value(sample) - from.value(sample)) / Math.max(1e-3, to.seconds() - from.seconds());
    }

    private static double counted(MetricSamples samples) {
        return samples.all().stream()
                .filter(sample -> sample.name().equals(COUNTED))
                .mapToDouble(Sample::value)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
