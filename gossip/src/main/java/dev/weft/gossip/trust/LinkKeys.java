package dev.weft.gossip.trust;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows the present certificate to whoever a link is made with, and makes a new one when two thirds of its time have
 * passed. Links that are there already are not touched. Safe for use by several threads.
 */
public final class LinkKeys extends X509ExtendedKeyManager {
    private static final String KEY_TYPE = "EC";
    private static final int KEPT = 4;
    private static final int THIRDS = 3;

    private final Certificates certificates;
    private final Duration validity;
    private final InstantSource clock;
    /** The latest few, since a handshake asks for parts of one after the other. */
    private final Map<String, Certificates.Leaf> byAlias = new LinkedHashMap<>();

    private Certificates.@Nullable Leaf present;
    private long issued;

    public LinkKeys(Certificates certificates, Duration validity, InstantSource clock) {
        this.certificates = certificates;
        this.validity = validity;
        this.clock = clock;
    }

    /** How many certificates were made so far. */
    public synchronized long issued() {
        return issued;
    }

    private synchronized String alias() {
        Certificates.Leaf leaf = present;
        if (leaf == null || clock.instant().isAfter(leaf.expires().minus(validity.dividedBy(THIRDS)))) {
            leaf = certificates.issue(clock.instant(), validity);
            present = leaf;
            issued++;
            byAlias.put(Long.toString(issued), leaf);
            byAlias.remove(Long.toString(issued - KEPT));
        }
        return Long.toString(issued);
    }

    private @Nullable String alias(String... types) {
        for (String type : types) {
            if (type.equals(KEY_TYPE)) {
                return alias();
            }
        }
        return null;
    }

    @Override
    public synchronized X509Certificate @Nullable [] getCertificateChain(String alias) {
        Certificates.Leaf leaf = byAlias.get(alias);
        return leaf == null ? null : leaf.chain().toArray(X509Certificate[]::new);
    }

    @Override
    public synchronized @Nullable PrivateKey getPrivateKey(String alias) {
        Certificates.Leaf leaf = byAlias.get(alias);
        return leaf == null ? null : leaf.key();
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(types);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return alias(type);
    }

    @Override
    public @Nullable String chooseClientAlias(String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(types);
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return alias(type);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return type.equals(KEY_TYPE) ? new String[] {alias()} : null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return getClientAliases(type, issuers);
    }
}
