package dev.weft.proxy.view;

import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * What proves to an API server who follows it, and by what the server is recognised.
 *
 * @param tls trusts the server's authority and shows this node's certificate, if it has one; empty for what Java trusts
 * @param token asked for before each request, so that one that is renewed in a file counts; empty for none
 */
public record ApiCredentials(Optional<SSLContext> tls, Supplier<Optional<String>> token) {
    /** For a server that asks nobody. */
    public static final ApiCredentials NONE = new ApiCredentials(Optional.empty(), Optional::empty);
}
