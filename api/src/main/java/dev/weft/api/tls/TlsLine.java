package dev.weft.api.tls;

import akka.NotUsed;
import akka.japi.JavaPartialFunction;
import akka.stream.IgnoreComplete$;
import akka.stream.TLSProtocol.SendBytes;
import akka.stream.TLSProtocol.SessionBytes;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.TLS;
import akka.util.ByteString;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * One connection without its TLS.
 *
 * @param bytes what the client says and is told
 * @param client the certificate whose key the client has proved to have; empty before his first byte, and where he has none.
 *     Nothing is said of who signed it.
 */
public record TlsLine(Flow<ByteString, ByteString, NotUsed> bytes, AtomicReference<Optional<X509Certificate>> client) {

    /** Takes TLS off a connection. */
    public static TlsLine over(Flow<ByteString, ByteString, ?> socket, ServingKeys keys) {
        AtomicReference<Optional<X509Certificate>> client = new AtomicReference<>(Optional.empty());
        BidiFlow<ByteString, SslTlsOutbound, SslTlsInbound, ByteString, NotUsed> bytes = BidiFlow.fromFlows(
                Flow.<ByteString>create().map(SendBytes::new),
                Flow.<SslTlsInbound>create().collect(received(client)));
        Flow<ByteString, ByteString, NotUsed> open = bytes.atop(TLS.create(keys::engine, IgnoreComplete$.MODULE$))
                .atop(BidiFlow.fromGraph(new FirstByteGate()))
                .join(socket);
        return new TlsLine(open, client);
    }

    private static JavaPartialFunction<SslTlsInbound, ByteString> received(
            AtomicReference<Optional<X509Certificate>> client) {
        return new JavaPartialFunction<>() {
            private boolean known;

            @Override
            public ByteString apply(SslTlsInbound inbound, boolean isCheck) {
                if (!(inbound instanceof SessionBytes received)) {
                    throw noMatch();
                }
                if (!known) {
                    // Who he was at his first byte, he stays.
                    known = true;
                    client.set(certificate(received.session()));
                }
                return received.bytes();
            }
        };
    }

    private static Optional<X509Certificate> certificate(SSLSession session) {
        try {
            Certificate[] chain = session.getPeerCertificates();
            return chain.length > 0 && chain[0] instanceof X509Certificate first
                    ? Optional.of(first)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }
}
