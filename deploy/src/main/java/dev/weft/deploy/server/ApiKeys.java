package dev.weft.deploy.server;

import dev.weft.api.tls.CertificateAuthority;
import dev.weft.api.tls.ClusterKeys;
import dev.weft.api.tls.KeyDirectory;
import dev.weft.api.tls.KeyMaterial;
import dev.weft.deploy.terminal.CommandFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The API's keys in a data directory, for one who gives out credentials by hand; the server need not run. */
public final class ApiKeys {
    private final CertificateAuthority authority;
    private final Instant now;

    private ApiKeys(CertificateAuthority authority, Instant now) {
        this.authority = authority;
        this.now = now;
    }

    static Path directory(Path data) {
        return data.resolve("pki");
    }

    /**
     * Those of a server that was started with TLS or roles at least once.
     *
     * @throws CommandFailed if there are none, or this user may not read them
     */
    public static ApiKeys in(Path data, Instant now) {
        try {
            ClusterKeys keys = new KeyDirectory(directory(data))
                    .load()
                    .orElseThrow(() -> CommandFailed.failed(directory(data)
                            + ": there are no keys; is --data the directory of the cluster's first server, and was that"
                            + " started with --tls auto?"));
            return new ApiKeys(CertificateAuthority.of(keys.authority(), new SecureRandom()), now);
        } catch (IOException e) {
            throw CommandFailed.failed("the keys of the API: " + e.getMessage(), e);
        }
    }

    /** Whose they are. */
    public String cluster() {
        return authority.cluster();
    }

    /** What clients trust, in PEM. */
    public String authorityPem() {
        return authority.material().certificatesPem();
    }

    /** A client's certificate and key, in PEM. */
    public record ClientPem(String certificate, String key) {}

    /** New credentials of a client. */
    public ClientPem issue(String user, List<String> groups, Duration validity) {
        KeyMaterial client = authority.issueClient(user, groups, now, validity);
        return new ClientPem(client.certificatesPem(), client.keyPem());
    }
}
