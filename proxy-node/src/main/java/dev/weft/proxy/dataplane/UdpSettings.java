package dev.weft.proxy.dataplane;

import java.time.Duration;

/**
 * How datagrams are relayed; each value is explained in {@code reference.conf} under {@code weft.proxy.dataplane.udp}.
 *
 * @param idleTimeout after which a session on which nothing came is over
 * @param maxSessions through one listener
 */
public record UdpSettings(Duration idleTimeout, int maxSessions) {
    public UdpSettings {
        if (idleTimeout.toMillis() < 1 || maxSessions < 1) {
            throw new IllegalArgumentException("weft.proxy.dataplane.udp: idle-timeout=" + idleTimeout
                    + " max-sessions=" + maxSessions + " (expected: >= 1ms, >= 1)");
        }
    }
}
