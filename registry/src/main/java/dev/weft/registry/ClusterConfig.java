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
        return of(user, akka, storage ? Holding.EMBEDDED : Holding.NOTHING);
    }

    /** What a process holds of its cluster. */
    public enum Holding {
        /** Passes requests on to those who hold shards. */
        NOTHING,
        /** All shards, in a store of its own. */
        EMBEDDED,
        /** Some of the shards, in a store that it shares with others. */
        SHARED
    }

    /** The same with what the process holds. */
    public static Config of(Config user, HostPort akka, Holding holding) {
        Config defaults = ConfigFactory.defaultReference();
        Config system = defaults.getConfig("weft.registry.system");
        return ConfigFactory.parseMap(Map.of(
                        "akka.remote.artery.canonical.hostname", akka.host(),
                        "akka.remote.artery.canonical.port", akka.port(),
                        "akka.cluster.roles", holding == Holding.NOTHING ? List.of() : List.of(STORAGE_ROLE)))
                .withFallback(user)
                .withFallback(
                        holding == Holding.SHARED
                                ? defaults.getConfig("weft.registry.postgres.system")
                                        .withFallback(system)
                                : system)
                .withFallback(defaults)
                .resolve();
    }
}
