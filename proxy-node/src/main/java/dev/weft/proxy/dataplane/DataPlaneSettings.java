package dev.weft.proxy.dataplane;

import java.time.Duration;
import java.util.List;

/**
 * How the data plane listens and relays; each value is explained in {@code reference.conf}.
 *
 * @param nodeAddresses where node ports listen
 * @param workerThreads event loops that relay; 0 for one by processor
 * @param bulk how what comes in bulk is passed on, on the native transport
 * @param idleTimeout after which a connection on which nothing came is closed; zero for never
 * @param accessLog whether each connection is logged when it has ended
 * @param podNetworks of Pods of this host, address/length
 * @param lameDuck for how long nobody must have come to a listener in whose place the kernel serves before it is closed
 * @param closeGrace how long a connection that is closed from here may take to send what is left
 */
public record DataPlaneSettings(
        List<String> nodeAddresses,
        int workerThreads,
        boolean nativeTransport,
        BulkSettings bulk,
        int backlog,
        ConnectionLimits limits,
        ConnectSettings connecting,
        KeepAlive keepAlive,
        Duration idleTimeout,
        int lowWaterMarkBytes,
        int highWaterMarkBytes,
        Duration drainDeadline,
        Duration lameDuck,
        Duration closeGrace,
        Duration bindRetryMin,
        Duration bindRetryMax,
        boolean accessLog,
        UdpSettings udp,
        List<String> podNetworks) {
    /** Without an access log, for at most 1000 sessions of a minute's silence over UDP. */
    public DataPlaneSettings(
            List<String> nodeAddresses,
            int workerThreads,
            boolean nativeTransport,
            int backlog,
            ConnectionLimits limits,
            ConnectSettings connecting,
            KeepAlive keepAlive,
            Duration idleTimeout,
            int lowWaterMarkBytes,
            int highWaterMarkBytes,
            Duration drainDeadline,
            Duration closeGrace,
            Duration bindRetryMin,
            Duration bindRetryMax) {
        this(
                nodeAddresses,
                workerThreads,
                nativeTransport,
                new BulkSettings(false, 512 << 10, 16 << 20),
                backlog,
                limits,
                connecting,
                keepAlive,
                idleTimeout,
                lowWaterMarkBytes,
                highWaterMarkBytes,
                drainDeadline,
                Duration.ofSeconds(150),
                closeGrace,
                bindRetryMin,
                bindRetryMax,
                false,
                new UdpSettings(Duration.ofMinutes(1), 1_000),
                List.of());
    }

    public DataPlaneSettings {
        nodeAddresses = List.copyOf(nodeAddresses);
        podNetworks = List.copyOf(podNetworks);
        if (backlog < 1 || workerThreads < 0) {
            throw new IllegalArgumentException("weft.proxy.dataplane: backlog=" + backlog + " worker-threads="
                    + workerThreads + " (expected: >= 1, >= 0)");
        }
        if (lowWaterMarkBytes < 1 || highWaterMarkBytes <= lowWaterMarkBytes) {
            throw new IllegalArgumentException("weft.proxy.dataplane: low-water-mark=" + lowWaterMarkBytes
                    + " high-water-mark=" + highWaterMarkBytes + " (expected: 0 < low < high)");
        }
        if (bindRetryMin.isZero() || bindRetryMax.compareTo(bindRetryMin) < 0) {
            throw new IllegalArgumentException("weft.proxy.dataplane: bind-retry-min=" + bindRetryMin
                    + " bind-retry-max=" + bindRetryMax + " (expected: 0 < min <= max)");
        }
        if (idleTimeout.isNegative() || closeGrace.isNegative()) {
            throw new IllegalArgumentException("weft.proxy.dataplane: idle-timeout=" + idleTimeout + " close-grace="
                    + closeGrace + " (expected: each >= 0)");
        }
    }
}
