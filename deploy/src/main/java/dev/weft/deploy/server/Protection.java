package dev.weft.deploy.server;

import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the API is protected.
 *
 * @param tls with what certificate connections are encrypted
 * @param roles whether clients must say who they are and may do what roles give them; else everyone is the administrator
 * @param anonymous whether one who does not say is let in as {@code system:anonymous}
 * @param tokens a file of static tokens
 * @param names further ones by which clients call the server
 * @param insecure whether it may listen beyond loopback without both
 */
public record Protection(
        Tls tls, boolean roles, boolean anonymous, Optional<Path> tokens, List<String> names, boolean insecure) {
    /** Plain HTTP, everyone is the administrator. */
    public static final Protection OPEN =
            new Protection(new Tls(false, Optional.empty()), false, true, Optional.empty(), List.of(), false);

    public Protection {
        names = List.copyOf(names);
    }

    /**
     * With what certificate.
     *
     * @param on whether at all
     * @param files somebody else's; empty for one of the cluster's own authority
     */
    public record Tls(boolean on, Optional<CertificatePaths> files) {}

    /** A certificate and its key, in PEM. */
    public record CertificatePaths(Path certificate, Path key) {}

    /**
     * Reads what the user wished for.
     *
     * @param api where it is to listen
     * @param tls {@code off}, {@code auto} or {@code CERT:KEY}; empty for {@code off}
     * @param access {@code open} or {@code roles}; empty for roles with TLS and open without
     * @param anonymous empty for yes on loopback and no beyond
     * @throws CommandFailed as wrong usage, with the first thing that makes no sense
     */
    public static Protection of(
            HostPort api,
            Optional<String> tls,
            Optional<Access> access,
            Optional<Boolean> anonymous,
            Optional<Path> tokens,
            List<String> names,
            boolean insecure) {
        Tls certificate = tls(tls.orElse("off"));
        boolean roles = access.map(Access.roles::equals).orElse(certificate.on());
        tokens.ifPresent(file -> requireReadable("--tokens", file));
        if (tokens.isPresent() && !roles) {
            throw CommandFailed.usage("--tokens " + tokens.get()
                    + ": nobody is asked for a token by a server that is open; add --access roles");
        }
        return new Protection(
                certificate, roles, anonymous.orElseGet(() -> isLoopback(api.host())), tokens, names, insecure);
    }

    /** What clients may do. */
    public enum Access {
        open,
        roles
    }

    private static Tls tls(String text) {
        return switch (text) {
            case "off" -> new Tls(false, Optional.empty());
            case "auto" -> new Tls(true, Optional.empty());
            default -> new Tls(true, Optional.of(files(text)));
        };
    }

    private static CertificatePaths files(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw CommandFailed.usage(
                    "--tls " + text + ": expected off, auto, or CERT:KEY, the paths of two files in PEM");
        }
        CertificatePaths files = new CertificatePaths(Path.of(parts[0]), Path.of(parts[1]));
        requireReadable("--tls", files.certificate());
        requireReadable("--tls", files.key());
        return files;
    }

    private static void requireReadable(String flag, Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw CommandFailed.usage(flag + " " + file + ": there is no such file, or it cannot be read");
        }
    }

    @SuppressWarnings("AddressSelection") // a name that means several addresses is told by the check of all of them
    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether it may listen where others than this machine's users come by. */
    boolean mayLeaveLoopback() {
        return insecure || (tls.on() && roles);
    }

    /** Whether the cluster's own keys are needed. */
    boolean needsKeys() {
        return tls.on() || roles;
    }
}
