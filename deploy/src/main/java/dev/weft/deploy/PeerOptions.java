package dev.weft.deploy;

import dev.weft.deploy.server.AkkaTls;
import dev.weft.deploy.server.ClusterPeers;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server meets the other processes of its cluster, as flags. */
final class PeerOptions {
    @Option(
            names = "--akka-tls-cert",
            paramLabel = "FILE",
            description = "The certificate, in PEM, with which this process proves itself to the others of its cluster; all"
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
            description = "The certificate of the authority that signed --akka-tls-cert and those of the others, in PEM.")
    private @Nullable Path authority;

    ClusterPeers of() {
        return new ClusterPeers(AkkaTls.of(certificate, key, authority));
    }
}
