package dev.weft.proxy.dns;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How names are answered; each value is explained in {@code reference.conf} under {@code weft.proxy.dns}.
 *
 * @param listen {@code host:port}; {@code off} for no server
 * @param zones of this cluster's services; the first is the one that reverse names lead to
 * @param ttl of every record; {@code negativeTtl} of an answer without one
 * @param sharePort with another server of the same user, while one takes over from the other
 * @param verifiedNetworks whose sender addresses cannot be forged
 */
public record DnsSettings(
        String listen,
        List<String> zones,
        String clusterSetZone,
        String clustersZone,
        List<String> reverseRanges,
        PodMode pods,
        Duration ttl,
        Duration negativeTtl,
        int maxUdpPayloadBytes,
        int unverifiedFactor,
        List<String> verifiedNetworks,
        int workerThreads,
        boolean nativeTransport,
        boolean sharePort,
        Duration bindRetryMin,
        Duration bindRetryMax,
        Tcp tcp,
        RateLimit rateLimit,
        Forwarding forwarding) {
    static final String OFF = "off";
    private static final int MIN_PAYLOAD_BYTES = 512;
    private static final int MAX_PAYLOAD_BYTES = 4096;

    /**
     * Bounds on TCP.
     *
     * @param maxQueriesInFlight of one connection, before reading from it pauses
     */
    public record Tcp(int maxConnections, int maxQueriesInFlight, Duration idleTimeout) {}

    /**
     * Bounds on answers over UDP.
     *
     * @param responsesPerSecond to one network; 0 for no bound
     * @param slip every how many refused answers one goes out truncated; 0 for none
     */
    public record RateLimit(int responsesPerSecond, int slip, int tableSize, List<String> exempt) {}

    /**
     * What is done with questions outside of our zones.
     *
     * @param upstreams {@code host[:port]}, none to refuse; or the one word {@code resolv.conf}
     * @param networks who may ask such questions
     * @param maxTtl of records that are handed on, and so of what is remembered
     * @param serveStale how long past its end an answer may be used while no upstream answers
     * @param staleAnswerAfter how long a client waits for upstreams when a stale answer is known
     * @param failureRecheck how long no upstream is asked for such a name again after none has answered
     */
    public record Forwarding(
            List<String> upstreams,
            String resolvConf,
            List<String> networks,
            Duration timeout,
            int attempts,
            int maxInFlight,
            int cacheEntries,
            Duration maxTtl,
            Duration serveStale,
            Duration staleAnswerAfter,
            Duration failureRecheck) {
        public Forwarding {
            if (staleAnswerAfter.isNegative() || failureRecheck.isNegative()) {
                throw new IllegalArgumentException("weft.proxy.dns.forward: stale-answer-after=" + staleAnswerAfter
                        + " failure-recheck=" + failureRecheck + " (expected: not negative)");
            }
            upstreams = List.copyOf(upstreams);
            networks = List.copyOf(networks);
        }
    }

    public DnsSettings {
        zones = List.copyOf(zones);
        reverseRanges = List.copyOf(reverseRanges);
        verifiedNetworks = List.copyOf(verifiedNetworks);
        if (zones.isEmpty()) {
            throw new IllegalArgumentException("weft.proxy.dns.zones: none (expected: at least one)");
        }
        if (maxUdpPayloadBytes < MIN_PAYLOAD_BYTES || maxUdpPayloadBytes > MAX_PAYLOAD_BYTES || unverifiedFactor < 1) {
            throw new IllegalArgumentException("weft.proxy.dns: max-udp-payload=" + maxUdpPayloadBytes
                    + " unverified-factor=" + unverifiedFactor + " (expected: 512 to 4096 bytes, >= 1)");
        }
        if (ttl.isNegative() || negativeTtl.isNegative()) {
            throw new IllegalArgumentException(
                    "weft.proxy.dns: ttl=" + ttl + " negative-ttl=" + negativeTtl + " (expected: not negative)");
        }
    }

    /** Whether there is to be a server. */
    public boolean enabled() {
        return !listen.equals(OFF);
    }

    /** Reads {@code weft.proxy.dns}. */
    public static DnsSettings from(Config config) {
        Config tcp = config.getConfig("tcp");
        Config rate = config.getConfig("rate-limit");
        return new DnsSettings(
                config.getString("listen"),
                config.getStringList("zones"),
                config.getString("clusterset-zone"),
                config.getString("clusters-zone"),
                config.getStringList("reverse-ranges"),
                podMode(config.getString("pods")),
                config.getDuration("ttl"),
                config.getDuration("negative-ttl"),
                Math.toIntExact(config.getBytes("max-udp-payload")),
                config.getInt("unverified-factor"),
                config.getStringList("verified-networks"),
                config.getInt("worker-threads"),
                config.getBoolean("native-transport"),
                config.getBoolean("share-port"),
                config.getDuration("bind-retry-min"),
                config.getDuration("bind-retry-max"),
                new Tcp(
                        tcp.getInt("max-connections"),
                        tcp.getInt("max-queries-in-flight"),
                        tcp.getDuration("idle-timeout")),
                new RateLimit(
                        rate.getInt("responses-per-second"),
                        rate.getInt("slip"),
                        rate.getInt("table-size"),
                        rate.getStringList("exempt")),
                forwarding(config.getConfig("forward")));
    }

    private static Forwarding forwarding(Config config) {
        return new Forwarding(
                config.getStringList("upstreams"),
                config.getString("resolv-conf"),
                config.getStringList("networks"),
                config.getDuration("timeout"),
                config.getInt("attempts"),
                config.getInt("max-in-flight"),
                config.getInt("cache-entries"),
                config.getDuration("max-ttl"),
                config.getDuration("serve-stale"),
                config.getDuration("stale-answer-after"),
                config.getDuration("failure-recheck"));
    }

    private static PodMode podMode(String name) {
        for (PodMode mode : PodMode.values()) {
            if (mode.name().toLowerCase(Locale.ROOT).equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "weft.proxy.dns.pods: " + name + " (expected: disabled, insecure or verified)");
    }
}
