package dev.weft.proxy.dataplane;

import java.time.Duration;
import java.util.List;

/**
 * How the data plane listens and relays; each value is explained in {@code reference.conf}.
 *
 * @param nodeAddresses where node ports listen
 * @param workerThreads event loops that relay; 0 for one by processor
 */
public record DataPlaneSettings(
        List<String> nodeAddresses,
        int workerThreads,
        boolean nativeTransport,
        int backlog,
        Duration connectTimeout,
        int connectAttempts,
        int maxConnections,
        int maxConnectionsByListener,
        int lowWaterMarkBytes,
        int highWaterMarkBytes,
        Duration drainDeadline,
        Duration bindRetryMin,
        Duration bindRetryMax) {

    public DataPlaneSettings {
        nodeAddresses = List.copyOf(nodeAddresses);
        if (connectAttempts < 1 || maxConnections < 1 || maxConnectionsByListener < 1 || backlog < 1) {
            throw new IllegalArgumentException("weft.proxy.dataplane: connect-attempts=" + connectAttempts
                    + " max-connections=" + maxConnections + " max-connections-by-listener="
                    + maxConnectionsByListener + " backlog=" + backlog + " (expected: each >= 1)");
        }
        if (lowWaterMarkBytes < 1 || highWaterMarkBytes <= lowWaterMarkBytes) {
            throw new IllegalArgumentException("weft.proxy.dataplane: low-water-mark=" + lowWaterMarkBytes
                    + " high-water-mark=" + highWaterMarkBytes + " (expected: 0 < low < high)");
        }
        if (bindRetryMin.isZero() || bindRetryMax.compareTo(bindRetryMin) < 0) {
            throw new IllegalArgumentException("weft.proxy.dataplane: bind-retry-min=" + bindRetryMin
                    + " bind-retry-max=" + bindRetryMax + " (expected: 0 < min <= max)");
        }
    }
}
