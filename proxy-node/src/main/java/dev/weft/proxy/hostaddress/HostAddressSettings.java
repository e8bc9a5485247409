package dev.weft.proxy.hostaddress;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * Whether and how addresses are put on the host; the keys stand explained in {@code reference.conf} under {@code
 * weft.proxy.host-addresses}.
 *
 * @param protocol the number by which the routes are known as ours
 * @param retry when what failed is tried again
 * @param check how often it is looked whether the host still has what has been put, and the addresses from which it comes to
 *     that
 * @param takeOff how long taking them off at the end may take
 * @param linger how long the addresses of a service that is gone, or that the kernel has taken over, stay for connections that
 *     came by listeners; as long again while there are any
 */
public record HostAddressSettings(
        boolean put, int protocol, Duration retry, Duration check, Duration takeOff, Duration linger) {
    private static final int FIRST_FREE = 5; // below are the kernel's own
    private static final int LAST = 255;

    public HostAddressSettings {
        if (protocol < FIRST_FREE
                || protocol > LAST
                || retry.toMillis() < 1
                || check.toMillis() < 1
                || takeOff.toMillis() < 1) {
            throw new IllegalArgumentException("weft.proxy.host-addresses: protocol=" + protocol + " retry=" + retry
                    + " check=" + check + " take-off=" + takeOff
                    + " (expected: a protocol from 5 to 255, the others > 0)");
        }
    }

    /** Reads {@code weft.proxy.host-addresses}. */
    public static HostAddressSettings from(Config config, Duration linger) {
        return new HostAddressSettings(
                config.getBoolean("put"),
                config.getInt("protocol"),
                config.getDuration("retry"),
                config.getDuration("check"),
                config.getDuration("take-off"),
                linger);
    }
}
