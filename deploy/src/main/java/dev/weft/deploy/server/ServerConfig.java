package dev.weft.deploy.server;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import dev.weft.registry.ClusterConfig;
import dev.weft.registry.RegistrySettings;
import dev.weft.registry.resource.PortRange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** The configuration of a process: the command line over the user's file over the defaults. */
final class ServerConfig {
    private static final String NODE_PORTS = "weft.server.node-port-range";

    private ServerConfig() {}

    /** All that a server is configured with. */
    static Config of(ServerSettings settings) {
        Config named = ConfigFactory.parseMap(Map.of("weft.gossip.cluster", settings.cluster()));
        Config user = named.withFallback(dns(settings.addresses().dns()))
                .withFallback(mode(settings.addresses().mode()))
                .withFallback(nodePorts(settings.nodePorts()))
                .withFallback(ownDefaults())
                .withFallback(ofStorage(settings.holding()))
                .withFallback(settings.peers().config())
                .withFallback(file(settings.config()))
                .withFallback(ownBootstrap());
        return checked(settings.config(), () -> {
            Config config = ClusterConfig.of(user, settings.addresses().akka(), settings.holding());
            RegistrySettings.of(config).loadBalancer().requireApart(settings.ranges());
            nodePorts(config);
            return config;
        });
    }

    /** The same for one that nobody succeeds. */
    static Config ofProxy(Optional<Path> file, Optional<String> dns, Optional<String> mode) {
        return ofProxy(file, dns, mode, Optional.empty());
    }

    /**
     * All that a proxy-node alone is configured with: no cluster of its own.
     *
     * @param handover where one takes over from the other
     */
    static Config ofProxy(Optional<Path> file, Optional<String> dns, Optional<String> mode, Optional<Path> handover) {
        return checked(
                file,
                () -> dns(dns).withFallback(mode(mode))
                        .withFallback(handover(handover))
                        .withFallback(ownDefaults())
                        .withFallback(file(file))
                        .withFallback(ConfigFactory.defaultReference())
                        .resolve());
    }

    /** What the stores of a server with this file are configured with, for a process that is in no cluster. */
    static Config ofRestore(Optional<Path> file, ClusterConfig.Holding holding) {
        Config alone = ConfigFactory.parseMap(Map.of("akka.actor.provider", "local"));
        return checked(
                file,
                () -> ClusterConfig.of(
                        alone.withFallback(ownDefaults()).withFallback(file(file)),
                        new HostPort("127.0.0.1", 0),
                        holding));
    }

    /** Where shards live where the data is, no other process could take them over: a stop need not wait for one. */
    private static Config ofStorage(ClusterConfig.Holding holding) {
        return holding == ClusterConfig.Holding.SHARED
                ? ConfigFactory.empty()
                : ConfigFactory.parseMap(
                        Map.of("akka.coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout", "1500ms"));
    }

    /** Laid over Akka's defaults, which a reference.conf cannot reliably change. */
    private static Config ownBootstrap() {
        return ConfigFactory.defaultReference().getConfig("weft.server.system");
    }

    private static Config dns(Optional<String> listen) {
        return listen.map(address -> ConfigFactory.parseMap(Map.of("weft.proxy.dns.listen", address)))
                .orElseGet(ConfigFactory::empty);
    }

    private static Config handover(Optional<Path> socket) {
        return socket.map(path -> ConfigFactory.parseMap(
                        Map.of("weft.proxy.handover", path.toString(), "weft.proxy.dns.share-port", true)))
                .orElseGet(ConfigFactory::empty);
    }

    private static Config mode(Optional<String> mode) {
        return mode.map(name -> ConfigFactory.parseMap(Map.of("weft.proxy.mode", name)))
                .orElseGet(ConfigFactory::empty);
    }

    private static Config nodePorts(Optional<PortRange> range) {
        return range.map(ports -> ConfigFactory.parseMap(Map.of(NODE_PORTS, ports.toString())))
                .orElseGet(ConfigFactory::empty);
    }

    /** The node ports that a server's configuration, all of it, lets the cluster give out. */
    static PortRange nodePorts(Config config) {
        try {
            return PortRange.of(config.getString(NODE_PORTS));
        } catch (IllegalArgumentException e) {
            throw new ConfigException.BadValue(config.getValue(NODE_PORTS).origin(), NODE_PORTS, e.getMessage());
        }
    }

    private static Config ownDefaults() {
        return ConfigFactory.parseMap(Map.of(
                "akka.loggers", java.util.List.of("akka.event.slf4j.Slf4jLogger"),
                "akka.logging-filter", "akka.event.slf4j.Slf4jLoggingFilter",
                "akka.coordinated-shutdown.exit-jvm", "off",
                "akka.coordinated-shutdown.run-by-jvm-shutdown-hook", "off"));
    }

    private static Config file(Optional<Path> file) {
        if (file.isEmpty()) {
            return ConfigFactory.empty();
        }
        Path path = file.get();
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw CommandFailed.usage("--config " + path + ": there is no such file, or it cannot be read");
        }
        return checked(file, () -> ConfigFactory.parseFile(path.toFile()));
    }

    private static Config checked(Optional<Path> file, java.util.function.Supplier<Config> reading) {
        try {
            return reading.get();
        } catch (ConfigException e) {
            throw CommandFailed.usage(
                    "the configuration" + file.map(path -> " in " + path).orElse("") + " is wrong: " + e.getMessage());
        }
    }

    /** Says in time, and in words, that an address is taken. */
    @SuppressWarnings("AddressSelection") // one address is asked for, one will be bound
    static void requireFree(String flag, HostPort address) {
        if (address.port() == 0) {
            return;
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address.host(), address.port()));
        } catch (IOException e) {
            throw CommandFailed.failed(
                    "cannot listen on " + address + " (" + e.getMessage() + "); choose another address with " + flag
                            + " HOST:PORT, or stop what listens there",
                    e);
        }
    }

    /** Which release this is; unknown where it does not come from an archive. */
    static String version() {
        String version = ServerConfig.class.getPackage().getImplementationVersion();
        return version == null ? "unpacked" : version;
    }

    /** Where this process listens for the others of its cluster. */
    static String akkaAddress(ActorSystem<?> system) {
        Address address = Cluster.get(system).selfMember().address();
        return address.getHost().orElse("none") + ":"
                + address.getPort().map(String::valueOf).orElse("0");
    }
}
