package dev.weft.deploy;

import dev.weft.deploy.server.Protection;
import dev.weft.gossip.HostPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a server protects its API, as flags. */
final class ProtectionOptions {
    @Option(
            names = "--tls",
            paramLabel = "off|auto|CERT:KEY",
            description =
                    "How the API is encrypted: off; auto, with a certificate of the cluster's own authority, which is"
                            + " made in the data directory at the first start; or with the certificate and key of two files"
                            + " in PEM, read again when they change (default: off, which is for loopback only).")
    private @Nullable String tls;

    @Option(
            names = "--tls-name",
            paramLabel = "NAME",
            description = "A further DNS name or address by which clients call this server, for the certificate of"
                    + " --tls auto; may be repeated.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--access",
            paramLabel = "open|roles",
            description =
                    "Who may do what: open, everyone who reaches the API is its administrator; roles, clients prove"
                            + " who they are and may do what roles and bindings give them (default: roles with TLS,"
                            + " open without).")
    private Protection.@Nullable Access access;

    @Option(
            names = "--anonymous",
            negatable = true,
            defaultValue = Option.NULL_VALUE,
            fallbackValue = "true",
            description = "With roles: whether one without credentials is system:anonymous, or refused with 401"
                    + " (default: let in on loopback, refused beyond).")
    private @Nullable Boolean anonymous;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description =
                    "With roles: static tokens in Kubernetes' form, a line each: token,user,uid,\"group1,group2\";"
                            + " read again when it changes.")
    private @Nullable Path tokens;

    @Option(
            names = "--insecure",
            description = "Listen beyond loopback although the API is not encrypted or open to everyone.")
    private boolean insecure;

    Protection of(HostPort api) {
        return Protection.of(
                api,
                Optional.ofNullable(tls),
                Optional.ofNullable(access),
                Optional.ofNullable(anonymous),
                Optional.ofNullable(tokens),
                names,
                insecure);
    }
}
