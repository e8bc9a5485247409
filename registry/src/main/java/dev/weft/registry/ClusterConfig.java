package dev.weft.registry;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.gossip.HostPort;
import java.util.List;
import java.util.Map;

/** Makes the configuration of the actor system that a {@link RegistryNode} runs in. */
public final class ClusterConfig {
    /** The role of the processes that hold shards; others only pass requests on. */
    public static final String STORAGE_ROLE = "registry";

    private ClusterConfig() {}

    /**
     * The whole configuration: the given one, over what the registry asks of Akka, over all defaults.
     *
     * @param user what the user sets, without any defaults
     * @param akka where this process listens for the other processes of its cluster; port 0 for any free one
     * @param storage whether this process holds shards
     */
    public static Config of(Config user, HostPort akka, boolean storage) {
        Config defaults = ConfigFactory.defaultReference();
        return ConfigFactory.parseMap(Map.of(
                        "akka.remote.artery.canonical.hostname", akka.host(),
                        "akka.remote.artery.canonical.port", akka.port(),
                        "akka.cluster.roles", storage ? List.of(STORAGE_ROLE) : List.of()))
                .withFallback(user)
                .withFallback(defaults.getConfig("weft.registry.system"))
                .withFallback(defaults)
                .resolve();
    }
}
