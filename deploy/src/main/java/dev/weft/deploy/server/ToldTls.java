package dev.weft.deploy.server;

import akka.actor.ActorSystem;
import akka.remote.artery.tcp.SSLEngineProvider;
import akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider;
import java.security.Principal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Akka's own mutual TLS with keys that are read again, which also tells of a certificate that it refuses for its name: Akka
 * only closes such a connection, and the one that wants to join reads no more than that it was reset.
 */
public final class ToldTls implements SSLEngineProvider {
    private static final Logger log = LoggerFactory.getLogger(ToldTls.class);
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final RotatingKeysSSLEngineProvider keys;
    /** When it may be told again ({@link System#nanoTime}); connections are tried several times a second. */
    private final AtomicLong next = new AtomicLong(System.nanoTime());

    /** Made by Akka, which finds it by its name in {@link AkkaTls#config}. */
    public ToldTls(ActorSystem system) {
        keys = new RotatingKeysSSLEngineProvider(system);
    }

    @Override
    public SSLEngine createServerSSLEngine(String hostname, int port) {
        return keys.createServerSSLEngine(hostname, port);
    }

    @Override
    public SSLEngine createClientSSLEngine(String hostname, int port) {
        return keys.createClientSSLEngine(hostname, port);
    }

    @Override
    public Option<Throwable> verifyClientSession(String hostname, SSLSession session) {
        return told(keys.verifyClientSession(hostname, session), "of the process at " + hostname, session);
    }

    @Override
    public Option<Throwable> verifyServerSession(String hostname, SSLSession session) {
        return told(keys.verifyServerSession(hostname, session), "of a process that connects to " + hostname, session);
    }

    private Option<Throwable> told(Option<Throwable> refusal, String whose, SSLSession session) {
        long now = System.nanoTime();
        long due = next.get();
        if (refusal.isDefined() && now - due >= 0 && next.compareAndSet(due, now + PAUSE.toNanos())) {
            log.warn(
                    "refused the certificate {}, {}: {}; the processes of one cluster need certificates of one authority"
                            + " that share a name (--akka-tls-cert)",
                    whose,
                    subject(session),
                    refusal.get().getMessage());
        }
        return refusal;
    }

    private static String subject(SSLSession session) {
        try {
            Principal peer = session.getPeerPrincipal();
            return peer.getName();
        } catch (SSLPeerUnverifiedException e) {
            return "which shows none";
        }
    }
}
