package dev.weft.api;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.weft.api.forward.ForwardSettings;
import dev.weft.api.guard.GuardSettings;
import dev.weft.api.mesh.MeshSettings;
import dev.weft.api.rest.ApiRoutes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Settings of the API server; the keys and their meaning stand in {@code reference.conf}.
 *
 * @param host a name or a literal address
 * @param port 0 to 65535; 0 lets the system choose
 * @param drainNotice how long a stopping server answers further requests on open connections
 * @param drainDeadline how long a stopping server waits for answers under way
 * @param connectionsOfAddress at most, save for those that are unbounded
 * @param unboundedAddresses that may have any number of connections
 * @param guard what one connection may bring
 * @param http the settings of Akka HTTP's server
 */
public record ApiSettings(
        String host,
        int port,
        ApiRoutes.Bounds bounds,
        ApiRoutes.Product product,
        Duration drainNotice,
        Duration drainDeadline,
        int connectionsOfAddress,
        Set<InetAddress> unboundedAddresses,
        GuardSettings guard,
        Config http) {

    public ApiSettings {
        unboundedAddresses = Set.copyOf(unboundedAddresses);
    }

    /**
     * Reads {@code weft.api}.
     *
     * @param root the whole configuration
     * @throws ConfigException if a key is missing or wrong
     */
    public static ApiSettings from(Config root) {
        Config config = root.getConfig("weft.api");
        int port = config.getInt("port");
        if (port < 0 || port > 65_535) {
            throw new ConfigException.BadValue("weft.api.port", port + " (expected: 0 to 65535)");
        }
        ApiRoutes.Bounds bounds = new ApiRoutes.Bounds(
                config.getBytes("max-body"),
                config.getDuration("body-deadline"),
                config.getInt("max-requests-in-flight"),
                config.getInt("max-writes-in-flight"),
                config.getInt("max-requests-of-a-user"),
                config.getInt("max-requests-of-system"),
                config.getInt("max-watches"),
                config.getInt("max-watches-of-a-user"),
                config.getDuration("watch.shortest"),
                config.getDuration("watch.longest"),
                config.getDuration("watch.asked-again"),
                ForwardSettings.from(config.getConfig("forward")),
                MeshSettings.from(config.getConfig("mesh")));
        ApiRoutes.Product product = new ApiRoutes.Product(
                config.getString("kubernetes-release"),
                config.getString("weft-release"),
                config.getString("build-date"));
        return new ApiSettings(
                config.getString("host"),
                port,
                bounds,
                product,
                config.getDuration("drain-notice"),
                config.getDuration("drain-deadline"),
                config.getInt("connections.max-of-an-address"),
                addresses(config, "connections.unbounded"),
                GuardSettings.from(config.getConfig("guard")),
                config.getConfig("http"));
    }

    /** The same, listening elsewhere. */
    public ApiSettings listeningOn(String otherHost, int otherPort) {
        return new ApiSettings(
                otherHost,
                otherPort,
                bounds,
                product,
                drainNotice,
                drainDeadline,
                connectionsOfAddress,
                unboundedAddresses,
                guard,
                http);
    }

    private static Set<InetAddress> addresses(Config config, String key) {
        Set<InetAddress> addresses = new HashSet<>();
        for (String literal : config.getStringList(key)) {
            try {
                if (!literal.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                    throw new UnknownHostException("a name");
                }
                addresses.add(InetAddress.getByName(literal));
            } catch (UnknownHostException e) {
                throw new ConfigException.BadValue(
                        "weft.api." + key, literal + " (expected: a literal address such as 10.0.0.7)", e);
            }
        }
        return addresses;
    }
}
