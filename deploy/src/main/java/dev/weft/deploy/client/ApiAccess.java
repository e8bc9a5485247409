package dev.weft.deploy.client;

import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * How to reach an API server, and as whom.
 *
 * @param server e.g. {@code https://127.0.0.1:8001}
 * @param tls whom to trust, with a certificate of one's own if there is one; empty for what Java trusts
 * @param token asked for before each request; empty for none
 */
public record ApiAccess(URI server, Optional<SSLContext> tls, Supplier<Optional<String>> token) {
    /** A server that asks nobody. */
    public static ApiAccess open(URI server) {
        return new ApiAccess(server, Optional.empty(), Optional::empty);
    }
}
