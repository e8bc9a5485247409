package dev.weft.gossip.member;

import java.time.Duration;
import java.time.Instant;

/**
 * Suspicion of one process: grows continuously with its silence, measured against how its heartbeats used to arrive.
 *
 * <p>phi = -log10(probability that a heartbeat arrives later than the present silence), the intervals taken as normally
 * distributed. The normal distribution is approximated by a logistic curve, 1 / (1 + e^(y * (1.5976 + 0.070566 * y^2))).
 */
final class PhiAccrual {
    /** How many past intervals count, about: each weighs one part in so many. */
    private static final int SAMPLES = 50;

    private final double pauseMillis;
    private final double leastDeviationMillis;
    private double mean;
    private double variance;
    private int samples;
    private Instant last;

    /** Begins as if heartbeats had arrived at the expected interval, give or take a quarter of it. */
    PhiAccrual(Duration expected, Duration acceptablePause, Instant first) {
        double millis = expected.toMillis();
        this.pauseMillis = acceptablePause.toMillis();
        this.leastDeviationMillis = millis / 4;
        this.last = first;
        this.mean = millis;
        this.variance = leastDeviationMillis * leastDeviationMillis;
        this.samples = 2;
    }

    void heard(Instant now) {
        double interval = Duration.between(last, now).toNanos() / 1e6;
        last = now;
        // Coming back after a long silence says nothing about how heartbeats arrive.
        if (interval >= 0 && interval <= 2 * (mean + pauseMillis)) {
            add(interval);
        }
    }

    Instant last() {
        return last;
    }

    double phi(Instant now) {
        double silence = Duration.between(last, now).toNanos() / 1e6;
        double y = (silence - mean - pauseMillis) / deviation();
        double exponent = Math.exp(-y * (1.5976 + 0.070566 * y * y));
        if (y > 0) {
            return -Math.log10(exponent / (1 + exponent));
        }
        return -Math.log10(1 - 1 / (1 + exponent));
    }

    private double deviation() {
        return Math.max(leastDeviationMillis, Math.sqrt(variance));
    }

    /** Moving mean and variance: a few bytes for each process, however many there are. */
    private void add(double intervalMillis) {
        samples = Math.min(samples + 1, SAMPLES);
        double weight = 1.0 / samples;
        double off = intervalMillis - mean;
        mean += weight * off;
        variance = (1 - weight) * (variance + weight * off * off);
    }
}
