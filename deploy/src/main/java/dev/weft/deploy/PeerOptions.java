package dev.weft.deploy;

import dev.weft.deploy.server.AkkaTls;
import dev.weft.deploy.server.Bootstrap;
import dev.weft.deploy.server.ClusterPeers;
import dev.weft.gossip.HostPort;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server meets the other processes of its cluster, as flags. */
final class PeerOptions {
    @Option(
            names = "--akka-tls-cert",
            paramLabel = "FILE",
            description =
                    "The certificate, in PEM, with which this process proves itself to the others of its cluster; all"
                            + " of them have one of the same authority, with a name in common. With this, --akka may be beyond"
                            + " loopback. The three files are read again every minute.")
    private @Nullable Path certificate;

    @Option(
            names = "--akka-tls-key",
            paramLabel = "FILE",
            description = "The RSA key of --akka-tls-cert, in PEM, not encrypted.")
    private @Nullable Path key;

    @Option(
            names = "--akka-tls-ca",
            paramLabel = "FILE",
            description =
                    "The certificate of the authority that signed --akka-tls-cert and those of the others, in PEM.")
    private @Nullable Path authority;

    @Option(
            names = "--management",
            paramLabel = "HOST:PORT",
            converter = HostPortConverter.class,
            description =
                    "Where it tells processes that look for the cluster with --bootstrap whom to join; the same port"
                            + " for all (default: nowhere).")
    private @Nullable HostPort management;

    @Option(
            names = "--bootstrap",
            paramLabel = "WHERE",
            description =
                    "Look for processes of this cluster to join, instead of --seed: dns:NAME, the addresses of a DNS"
                            + " name; or kubernetes[:SELECTOR], the Pods that a label selector names (default: app=weft), at their"
                            + " port 'management'. It only ever joins: without --store, the one that keeps the data is started"
                            + " without this; with --store, the database decides who begins, as ever.")
    private @Nullable String bootstrap;

    ClusterPeers of() {
        return new ClusterPeers(
                AkkaTls.of(certificate, key, authority),
                Optional.ofNullable(management),
                Optional.ofNullable(bootstrap).map(Bootstrap::parse));
    }
}
