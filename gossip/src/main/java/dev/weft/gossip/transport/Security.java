package dev.weft.gossip.transport;

import dev.weft.gossip.trust.Certificates;
import dev.weft.gossip.trust.PeerIdentity;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What links are secured with: mutual TLS 1.3, nothing older; a session is taken up again within a second or not at all.
 *
 * @param keys shows this cluster's certificate
 * @param trust lets in who proves some identity
 */
public record Security(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust, InstantSource clock) {
    private static final String PROTOCOL = "TLSv1.3";

    SslContext server() throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forServer(keys), SslProvider.JDK)
                .trustManager(trust)
                .clientAuth(ClientAuth.REQUIRE)
                .protocols(PROTOCOL)
                .sessionCacheSize(1)
                .sessionTimeout(1)
                .build();
    }

    SslContext client() throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .keyManager(keys)
                .trustManager(trust)
                .protocols(PROTOCOL)
                .sessionCacheSize(1)
                .sessionTimeout(1)
                .build();
    }

    /** Who the peer of a session proved to be; null where he proved nothing. */
    @Nullable
    PeerIdentity peer(@Nullable SSLSession session) {
        if (session == null) {
            return null;
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
            return Certificates.identity(chain, clock.instant());
        } catch (CertificateException | javax.net.ssl.SSLPeerUnverifiedException e) {
            return null;
        }
    }
}
