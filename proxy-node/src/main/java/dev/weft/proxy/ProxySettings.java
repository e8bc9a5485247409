package dev.weft.proxy;

import com.typesafe.config.Config;
import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.RoundTripBounds;
import dev.weft.proxy.balance.SlowStart;
import dev.weft.proxy.dataplane.BulkSettings;
import dev.weft.proxy.dataplane.ConnectSettings;
import dev.weft.proxy.dataplane.ConnectionLimits;
import dev.weft.proxy.dataplane.DataPlaneSettings;
import dev.weft.proxy.dataplane.KeepAlive;
import dev.weft.proxy.dataplane.UdpSettings;
import dev.weft.proxy.dns.DnsSettings;
import dev.weft.proxy.health.HealthSettings;
import dev.weft.proxy.hostaddress.HostAddressSettings;
import dev.weft.proxy.metrics.MetricsSettings;
import dev.weft.proxy.nftables.NftablesSettings;
import dev.weft.proxy.nodehealth.NodeHealthSettings;
import dev.weft.proxy.outlier.OutlierSettings;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.FeedSettings;
import dev.weft.proxy.view.ViewPace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a proxy-node is configured with; the keys stand explained in {@code reference.conf} under {@code
 * weft.proxy}.
 *
 * @param handover where a successor asks for the listening sockets; empty for nowhere
 * @param stopDeadline how long {@link ProxyNode#stop} lets open connections run out
 */
public record ProxySettings(
        NodeIdentity node,
        DataPlaneSettings dataPlane,
        BalanceSettings balance,
        FeedSettings feed,
        ViewPace pace,
        DnsSettings dns,
        HealthSettings health,
        NftablesSettings nftables,
        MetricsSettings metrics,
        NodeHealthSettings nodeHealth,
        HostAddressSettings hostAddresses,
        Optional<Path> handover,
        Duration stopDeadline) {

    /**
     * Reads {@code weft.proxy} of a root configuration.
     *
     * @throws IllegalArgumentException or {@code ConfigException} when a value is missing or out of its range
     */
    public static ProxySettings from(Config root) {
        Config proxy = root.getConfig("weft.proxy");
        NftablesSettings nftables = NftablesSettings.from(proxy);
        return new ProxySettings(
                new NodeIdentity(proxy.getString("node"), proxy.getString("zone"), proxy.getString("cluster")),
                dataPlane(proxy.getConfig("dataplane"), nftables.podNetworks()),
                balance(proxy.getConfig("balance"), outlier(proxy.getConfig("outlier"))),
                feed(proxy.getConfig("feed")),
                new ViewPace(proxy.getDuration("view.pause-per-change"), proxy.getDuration("view.max-pause")),
                DnsSettings.from(proxy.getConfig("dns")),
                HealthSettings.from(proxy.getConfig("health")),
                nftables,
                MetricsSettings.from(proxy.getConfig("metrics")),
                NodeHealthSettings.from(proxy.getConfig("node-health")),
                HostAddressSettings.from(proxy.getConfig("host-addresses"), linger(proxy.getConfig("dataplane"))),
                Optional.of(proxy.getString("handover"))
                        .filter(path -> !path.isEmpty())
                        .map(Path::of),
                proxy.getDuration("stop-deadline"));
    }

    /** The same on a node of another identity. */
    public ProxySettings on(NodeIdentity other) {
        return new ProxySettings(
                other,
                dataPlane,
                balance,
                feed,
                pace,
                dns,
                health,
                nftables,
                metrics,
                nodeHealth,
                hostAddresses,
                handover,
                stopDeadline);
    }

    /** As long as the connections of a service that is gone. */
    private static Duration linger(Config dataPlane) {
        return dataPlane.getDuration("drain-deadline").plus(dataPlane.getDuration("close-grace"));
    }

    private static DataPlaneSettings dataPlane(Config config, List<String> podNetworks) {
        return new DataPlaneSettings(
                config.getStringList("node-addresses"),
                config.getInt("worker-threads"),
                config.getBoolean("native-transport"),
                new BulkSettings(
                        config.getBoolean("bulk.splice"),
                        Math.toIntExact(config.getBytes("bulk.read")),
                        Math.toIntExact(config.getBytes("bulk.kept"))),
                config.getInt("backlog"),
                new ConnectionLimits(
                        config.getInt("max-connections"),
                        config.getInt("max-connections-by-service"),
                        config.getInt("max-connections-by-listener"),
                        config.getInt("max-connections-by-endpoint"),
                        config.getInt("other-files")),
                new ConnectSettings(
                        config.getDuration("connect-timeout"),
                        config.getInt("connect-attempts"),
                        config.getDouble("retry-ratio"),
                        config.getInt("retry-reserve")),
                new KeepAlive(
                        config.getDuration("keep-alive.idle"),
                        config.getDuration("keep-alive.interval"),
                        config.getInt("keep-alive.probes")),
                config.getDuration("idle-timeout"),
                Math.toIntExact(config.getBytes("low-water-mark")),
                Math.toIntExact(config.getBytes("high-water-mark")),
                config.getDuration("drain-deadline"),
                config.getDuration("lame-duck"),
                config.getDuration("close-grace"),
                config.getDuration("bind-retry-min"),
                config.getDuration("bind-retry-max"),
                config.getBoolean("access-log"),
                new UdpSettings(config.getDuration("udp.idle-timeout"), config.getInt("udp.max-sessions")),
                podNetworks);
    }

    private static OutlierSettings outlier(Config config) {
        return new OutlierSettings(
                config.getInt("consecutive-failures"),
                config.getDuration("base-ejection"),
                config.getDuration("max-ejection"),
                config.getInt("max-ejected-percent"),
                config.getInt("panic-percent"));
    }

    private static BalanceSettings balance(Config config, OutlierSettings outlier) {
        String name = config.getString("algorithm");
        return new BalanceSettings(
                Algorithm.named(name)
                        .orElseThrow(() -> new IllegalArgumentException("weft.proxy.balance.algorithm: " + name
                                + " (expected: one of the names listed in reference.conf)")),
                config.getDuration("ewma-decay"),
                config.getInt("maglev-table-size"),
                config.getInt("ring-points"),
                config.getDouble("bounded-load"),
                config.getInt("bounded-load-floor"),
                config.getInt("affinity-clients"),
                config.getInt("affinity-handover"),
                outlier,
                new SlowStart(config.getDuration("slow-start")),
                config.getInt("overprovisioning-percent"),
                new RoundTripBounds(
                        config.getDuration("round-trip-old-after"), config.getInt("round-trip-ask-one-in")));
    }

    private static FeedSettings feed(Config config) {
        return new FeedSettings(
                config.getDuration("connect-timeout"),
                config.getDuration("list-timeout"),
                config.getDuration("watch-timeout"),
                config.getDuration("silence"),
                config.getDuration("backoff-min"),
                config.getDuration("backoff-max"),
                config.getDuration("absent-retry"),
                config.getInt("page-size"),
                config.getBytes("max-page"),
                Math.toIntExact(config.getBytes("max-event")));
    }
}
