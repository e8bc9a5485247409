package dev.weft.gossip.spread;

import java.time.Duration;
import java.time.Instant;

/**
 * What a peer may send: a token bucket of bytes and one of frames, each holding a second's worth. Who overdraws is told to
 * wait; who does not stay out of debt for long enough is cut off. Belongs to one link.
 */
final class Allowance {
    /**
     * The rates.
     *
     * @param bytesPerSecond of frames as they come
     * @param framesPerSecond of frames; one that was refused counts as many
     * @param patience how long a peer may stay in debt before he is cut off
     */
    record Rate(double bytesPerSecond, double framesPerSecond, Duration patience) {}

    private static final double NANOS = 1e9;

    private final Rate rate;
    private double bytes;
    private double frames;
    private Instant last;
    private Instant solvent;

    Allowance(Rate rate, Instant now) {
        this.rate = rate;
        this.bytes = rate.bytesPerSecond();
        this.frames = rate.framesPerSecond();
        this.last = now;
        this.solvent = now;
    }

    void spend(int spentBytes, int spentFrames, Instant now) {
        refill(now);
        bytes -= spentBytes;
        frames -= spentFrames;
    }

    /** How long to let the peer wait until he may send more. */
    Duration wait(Instant now) {
        refill(now);
        double seconds = Math.max(-bytes / rate.bytesPerSecond(), -frames / rate.framesPerSecond());
        return seconds <= 0 ? Duration.ZERO : Duration.ofNanos((long) (seconds * NANOS));
    }

    /** Whether the peer was in debt for too long. */
    boolean exhausted(Instant now) {
        refill(now);
        return Duration.between(solvent, now).compareTo(rate.patience()) > 0;
    }

    private void refill(Instant now) {
        double seconds = Math.max(0, Duration.between(last, now).toNanos() / NANOS);
        last = now;
        bytes = Math.min(rate.bytesPerSecond(), bytes + seconds * rate.bytesPerSecond());
        frames = Math.min(rate.framesPerSecond(), frames + seconds * rate.framesPerSecond());
        if (bytes >= 0 && frames >= 0) {
            solvent = now;
        }
    }
}
