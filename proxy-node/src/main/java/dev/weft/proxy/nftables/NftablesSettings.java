package dev.weft.proxy.nftables;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;

/**
 * What the kernel mode is configured with; the keys stand explained in {@code reference.conf} under {@code
 * weft.proxy.nftables}.
 *
 * @param mode of the node
 * @param ownTurns service ports that take turns exactly, each with a chain of its own
 * @param podNetworks sources whose connections to cluster IPs keep their address
 * @param timeout how long one run of a command may take
 * @param countInterval between two readings of the kernel's counters, at least
 * @param countBytes whether the kernel counts bytes, by a rule for every packet
 * @param handBack how long the rules of a service that goes back to listeners wait for these at most
 * @param check how often it is looked whether the table is there yet and has its rules, or may go
 * @param keepEmpty how long a table without services stays where it cannot be known whether connections that it has led
 *     are open
 */
public record NftablesSettings(
        ProxyMode mode,
        String table,
        int ownTurns,
        List<String> podNetworks,
        Duration timeout,
        Duration retryMin,
        Duration retryMax,
        Duration countInterval,
        boolean countBytes,
        Duration handBack,
        Duration check,
        Duration keepEmpty) {

    public NftablesSettings {
        podNetworks = podNetworks.stream().map(NftablesSettings::network).toList();
        if (!table.matches("[a-z][a-z0-9-]{0,30}")) {
            throw new IllegalArgumentException("weft.proxy.nftables.table: " + table
                    + " (expected: a name of lower case letters, digits and dashes, at most 31)");
        }
        if (ownTurns < 0
                || timeout.toMillis() < 1
                || retryMin.toMillis() < 1
                || retryMax.compareTo(retryMin) < 0
                || countInterval.toMillis() < 1
                || handBack.isNegative()
                || check.toMillis() < 1
                || keepEmpty.isNegative()) {
            throw new IllegalArgumentException("weft.proxy.nftables: own-turns=" + ownTurns + " timeout=" + timeout
                    + " retry-min=" + retryMin + " retry-max=" + retryMax + " count-interval=" + countInterval
                    + " hand-back=" + handBack + " check=" + check + " keep-empty=" + keepEmpty
                    + " (expected: own-turns, hand-back and keep-empty >= 0, 0 < min <= max, and all the others > 0)");
        }
    }

    /** Reads {@code weft.proxy.nftables}, and the mode from {@code weft.proxy}. */
    public static NftablesSettings from(Config proxy) {
        String mode = proxy.getString("mode");
        Config config = proxy.getConfig("nftables");
        return new NftablesSettings(
                ProxyMode.named(mode)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "weft.proxy.mode: " + mode + " (expected: auto, userspace or nftables)")),
                config.getString("table"),
                config.getInt("own-turns"),
                config.getStringList("pod-networks"),
                config.getDuration("timeout"),
                config.getDuration("retry-min"),
                config.getDuration("retry-max"),
                config.getDuration("count-interval"),
                config.getBoolean("count-bytes"),
                config.getDuration("hand-back"),
                config.getDuration("check"),
                config.getDuration("keep-empty"));
    }

    /** The pod networks of one family. */
    List<String> podNetworks(Family family) {
        return podNetworks.stream()
                .filter(network -> Family.of(network) == family)
                .toList();
    }

    private static String network(String text) {
        String network = Networks.canonical(text);
        if (network == null) {
            throw new IllegalArgumentException("weft.proxy.nftables.pod-networks: " + text
                    + " (expected: an address, a slash and a prefix length, like 10.244.0.0/16)");
        }
        return network;
    }
}
