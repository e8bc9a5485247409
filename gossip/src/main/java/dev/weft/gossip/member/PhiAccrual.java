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
    private static final int SAMPLES = 100;

    private final double[] intervalsMillis = new double[SAMPLES];
    private final double pauseMillis;
    private final double leastDeviationMillis;
    private int filled;
    private int next;
    private Instant last;

    /** Begins as if heartbeats had arrived at the expected interval, give or take a quarter of it. */
    PhiAccrual(Duration expected, Duration acceptablePause, Instant first) {
        double millis = expected.toMillis();
        this.pauseMillis = acceptablePause.toMillis();
        this.leastDeviationMillis = millis / 4;
        this.last = first;
        add(millis * 0.75);
        add(millis * 1.25);
    }

    void heard(Instant now) {
        double interval = Duration.between(last, now).toNanos() / 1e6;
        last = now;
        // Coming back after a long silence says nothing about how heartbeats arrive.
        if (interval >= 0 && interval <= 2 * (mean() + pauseMillis)) {
            add(interval);
        }
    }

    Instant last() {
        return last;
    }

    double phi(Instant now) {
        double silence = Duration.between(last, now).toNanos() / 1e6;
        double y = (silence - mean() - pauseMillis) / deviation();
        double exponent = Math.exp(-y * (1.5976 + 0.070566 * y * y));
        if (y > 0) {
            return -Math.log10(exponent / (1 + exponent));
        }
        return -Math.log10(1 - 1 / (1 + exponent));
    }

    private double mean() {
        double sum = 0;
        for (int i = 0; i < filled; i++) {
            sum += intervalsMillis[i];
        }
        return sum / filled;
    }

    private double deviation() {
        double mean = mean();
        double squares = 0;
        for (int i = 0; i < filled; i++) {
            squares += (intervalsMillis[i] - mean) * (intervalsMillis[i] - mean);
        }
        return Math.max(leastDeviationMillis, Math.sqrt(squares / filled));
    }

    private void add(double intervalMillis) {
        intervalsMillis[next] = intervalMillis;
        next = (next + 1) % SAMPLES;
        filled = Math.min(filled + 1, SAMPLES);
    }
}
