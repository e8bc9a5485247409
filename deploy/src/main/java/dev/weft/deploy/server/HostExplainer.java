package dev.weft.deploy.server;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.weft.deploy.client.ServiceName;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.explanation.Explainer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a proxy-node with such a configuration would do.
 *
 * @param zones whose names it answers
 */
public record HostExplainer(Explainer explainer, ServiceName.Zones zones) {

    /**
     * Reads the configuration as a start would.
     *
     * @param config a file that overrides the defaults
     * @throws CommandFailed as wrong usage, when something makes no sense
     */
    public static HostExplainer of(Optional<Path> config) {
        Config all = ServerConfig.ofProxy(config, Optional.empty(), Optional.empty());
        ProxySettings settings;
        try {
            settings = ProxySettings.from(all);
        } catch (IllegalArgumentException | ConfigException e) {
            throw CommandFailed.usage(String.valueOf(e.getMessage()));
        }
        return new HostExplainer(
                new Explainer(
                        settings.balance(), settings.dns(), settings.dataPlane().nodeAddresses()),
                new ServiceName.Zones(
                        settings.dns().zones(),
                        settings.dns().clusterSetZone(),
                        settings.dns().clustersZone()));
    }
}
