package dev.weft.deploy.server;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.util.Map;
import java.util.Optional;

/**
 * How this process meets the others of its cluster.
 *
 * @param tls with what they prove themselves to each other; empty if they do not, which is for loopback only
 * @param management where it tells others, who look for the cluster, whom to join; empty if it does not
 * @param bootstrap where it looks for them itself; empty if it does not
 */
public record ClusterPeers(Optional<AkkaTls> tls, Optional<HostPort> management, Optional<Bootstrap> bootstrap) {
    /** Unencrypted, on loopback, by addresses that are given or stand in the store. */
    public static final ClusterPeers OPEN = new ClusterPeers(Optional.empty(), Optional.empty(), Optional.empty());

    /** @throws CommandFailed as wrong usage */
    public ClusterPeers {
        if (bootstrap.isPresent() && management.isEmpty()) {
            throw CommandFailed.usage(
                    "--bootstrap needs --management HOST:PORT, where this process in turn tells others whom"
                            + " to join");
        }
        if (management.isPresent() && management.get().port() == 0) {
            throw CommandFailed.usage("--management " + management.get()
                    + ": others must know the port; give one that is the same for all processes of the cluster");
        }
    }

    /** What Akka is told. */
    Config config() {
        Config config = tls.map(AkkaTls::config).orElseGet(ConfigFactory::empty);
        if (management.isPresent()) {
            config = config.withFallback(ConfigFactory.parseMap(Map.of(
                    "akka.management.http.hostname",
                    management.get().host(),
                    "akka.management.http.port",
                    management.get().port(),
                    "akka.management.cluster.bootstrap.contact-point.fallback-port",
                    management.get().port(),
                    // Not for anyone to switch on: who finds nobody would begin a cluster beside the one that is there.
                    "akka.management.cluster.bootstrap.new-cluster-enabled",
                    "off")));
        }
        return bootstrap.map(Bootstrap::config).orElseGet(ConfigFactory::empty).withFallback(config);
    }
}
