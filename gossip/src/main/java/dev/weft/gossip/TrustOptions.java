package dev.weft.gossip;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How this process proves who it is; see {@code reference.conf}, {@code weft.gossip.trust}.
 *
 * @param directory where the cluster's identity is kept; null for one that lasts as long as the process
 * @param plain whether links are in plain text; only where this listens on a loopback address
 * @param open whether clusters on this machine may join without a token; only where this listens on a loopback address
 * @param certificateValidity how long a certificate of links is good for
 * @param clockSkew how far the clocks of others may be behind
 * @param tokenValidity of a token where nobody names another
 */
public record TrustOptions(
        @Nullable Path directory,
        boolean plain,
        boolean open,
        Duration certificateValidity,
        Duration clockSkew,
        Duration tokenValidity) {
    public TrustOptions {
        if (certificateValidity.toSeconds() < 1 || tokenValidity.toSeconds() < 1 || clockSkew.isNegative()) {
            throw new IllegalArgumentException("certificate-validity: " + certificateValidity + ", token-validity: "
                    + tokenValidity + ", clock-skew: " + clockSkew + " (expected: at least a second, not negative)");
        }
    }

    static TrustOptions from(Config config) {
        String directory = config.getString("directory");
        return new TrustOptions(
                directory.isEmpty() ? null : Path.of(directory),
                config.getBoolean("plain-text"),
                config.getBoolean("open-on-loopback"),
                config.getDuration("certificate-validity"),
                config.getDuration("clock-skew"),
                config.getDuration("token-validity"));
    }

    /** The same with an identity that is kept. */
    public TrustOptions keptIn(Path kept) {
        return new TrustOptions(kept, plain, open, certificateValidity, clockSkew, tokenValidity);
    }
}
