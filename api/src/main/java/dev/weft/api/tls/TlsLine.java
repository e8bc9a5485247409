package dev.weft.api.tls;

import akka.Done;
import akka.NotUsed;
import akka.japi.JavaPartialFunction;
import akka.stream.IgnoreComplete$;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

    /** After both sides of our end are closed, for what TLS has still to send; then the connection is cut. */
    private static final Duration FAREWELL = Duration.ofSeconds(5);

    /** Takes TLS off a connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing follows the cut
    public static TlsLine over(Flow<ByteString, ByteString, ?> socket, ServingKeys keys) {
        AtomicReference<Optional<X509Certificate>> client = new AtomicReference<>(Optional.empty());
        BidiFlow<ByteString, SslTlsOutbound, SslTlsInbound, ByteString, NotUsed> bytes = BidiFlow.fromFlows(
                Flow.<ByteString>create().map(SendBytes::new),
                Flow.<SslTlsInbound>create().collect(received(client)));
        SharedKillSwitch cut = KillSwitches.shared("weft-api-tls");
        CompletableFuture<Done> said = new CompletableFuture<>();
        CompletableFuture<Done> heard = new CompletableFuture<>();
        Flow<ByteString, ByteString, NotUsed> encrypted = bytes.atop(TLS.create(keys::engine, IgnoreComplete$.MODULE$))
                .atop(BidiFlow.fromGraph(new FirstByteGate()))
                .join(Flow.<ByteString>create().via(cut.flow()).via(socket).via(cut.flow()));
        Flow<ByteString, ByteString, NotUsed> open =
                noticing(said).via(encrypted).via(noticing(heard));
        // TLS waits for the client's farewell, and one who never said a word never says that either.
        said.thenCombine(heard, (one, other) -> one)
                .thenRunAsync(
                        cut::shutdown, CompletableFuture.delayedExecutor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS));
        return new TlsLine(open, client);
    }

    private static Flow<ByteString, ByteString, NotUsed> noticing(CompletableFuture<Done> end) {
        return Flow.<ByteString>create().watchTermination((any, done) -> {
            done.whenComplete((ended, failure) -> end.complete(Done.getInstance()));
            return NotUsed.getInstance();
        });
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
