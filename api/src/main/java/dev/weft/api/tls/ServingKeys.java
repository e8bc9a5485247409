package dev.weft.api.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the next connection is served with. Safe for use by several threads. */
public final class ServingKeys {
    private static final Logger LOG = LoggerFactory.getLogger(ServingKeys.class);
    private static final char[] NO_PASSWORD = new char[0];

    private final ServingCertificate source;
    private final X509Certificate clientAuthority;
    private volatile Shown shown;
    private volatile String complaint = "";

    /** A certificate, and the context that shows it. */
    private record Shown(X509Certificate certificate, SSLContext context) {}

    /**
     * Takes the first certificate.
     *
     * @param clientAuthority told to clients, so that they choose the right certificate of theirs
     * @throws IOException where it cannot be had
     * @throws GeneralSecurityException where it is of no use
     */
    public ServingKeys(ServingCertificate source, X509Certificate clientAuthority)
            throws IOException, GeneralSecurityException {
        this.source = source;
        this.clientAuthority = clientAuthority;
        this.shown = shown(source.current());
    }

    /** The certificate that the next connection is shown. */
    public X509Certificate certificate() {
        return shown.certificate();
    }

    /** Looks whether there is a newer certificate and takes it; keeps the present one where the newer is of no use. Blocks. */
    public void refresh() {
        try {
            KeyMaterial next = source.current();
            complaint = "";
            if (!next.certificate().equals(shown.certificate())) {
                shown = shown(next);
                LOG.info(
                        "The API serves with a new certificate: {}, valid until {}",
                        next.certificate().getSubjectX500Principal(),
                        next.certificate().getNotAfter().toInstant());
            }
        } catch (IOException | GeneralSecurityException e) {
            String reason = String.valueOf(e);
            if (!reason.equals(complaint)) {
                complaint = reason;
                LOG.warn("The API goes on with the certificate that it has; the newer one is of no use: {}", reason);
            }
        }
    }

    /** For one connection. */
    SSLEngine engine() {
        SSLEngine engine = shown.context().createSSLEngine();
        engine.setUseClientMode(false);
        engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
        engine.setWantClientAuth(true);
        return engine;
    }

    private Shown shown(KeyMaterial material) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("api", material.key(), NO_PASSWORD, material.chain().toArray(X509Certificate[]::new));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), new TrustManager[] {new AskedFor(List.of(clientAuthority))}, null);
        return new Shown(material.certificate(), context);
    }

    /**
     * Takes any certificate of a client: that he has its key is proven by the handshake, who he is is decided later, where a
     * stranger can be answered.
     */
    private static final class AskedFor extends X509ExtendedTrustManager {
        private final List<X509Certificate> issuers;

        AskedFor(List<X509Certificate> issuers) {
            this.issuers = issuers;
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine) {
            throw neverAClient();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {
            throw neverAClient();
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            throw neverAClient();
        }

        private static IllegalStateException neverAClient() {
            return new IllegalStateException("this side of TLS is never a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return issuers.toArray(X509Certificate[]::new);
        }
    }
}
