package dev.weft.deploy.server;

import com.typesafe.config.Config;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.proxy.dns.DnsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The DNS of a proxy-node that is started with such options.
 *
 * @param listen where it answers, {@code HOST:PORT}
 * @param zones of the cluster's services
 * @param clusterSetZone of the services of the cluster set
 */
public record HostDns(String listen, List<String> zones, String clusterSetZone) {
    public HostDns {
        zones = List.copyOf(zones);
    }

    /**
     * Reads it as a start would.
     *
     * @param config a file that overrides the defaults
     * @param listen overrides what is configured
     * @throws CommandFailed as wrong usage: when something makes no sense, or there is to be no DNS
     */
    public static HostDns of(Optional<Path> config, Optional<String> listen) {
        listen.ifPresent(ServerSettings::requireDns);
        Config all = ServerConfig.ofProxy(config, listen, Optional.empty());
        DnsSettings settings;
        try {
            settings = DnsSettings.from(all.getConfig("weft.proxy.dns"));
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage(String.valueOf(e.getMessage()));
        }
        if (!settings.enabled()) {
            throw CommandFailed.usage("--dns off: there is no DNS server to ask (expected: HOST:PORT)");
        }
        return new HostDns(settings.listen(), settings.zones(), settings.clusterSetZone());
    }
}
