package dev.weft.api.stream;

import akka.NotUsed;
import akka.http.javadsl.model.AttributeKey;
import akka.http.javadsl.model.HttpRequest;
import akka.stream.KillSwitches;
import akka.stream.SharedKillSwitch;
import akka.stream.javadsl.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The end of a connection, as streams feel it that answer a request of it. Safe for many threads.
 *
 * <p>Akka HTTP goes on with an answer under way when the client has closed its half. For a stream that has nothing to
 * write this would be for ever, so whatever may last goes through one of these.
 */
public final class ConnectionEnd {
    /** On each request. */
    public static final AttributeKey<ConnectionEnd> ATTRIBUTE =
            AttributeKey.create("connection-end", ConnectionEnd.class);

    private final SharedKillSwitch gone = KillSwitches.shared("weft-api-connection-gone");
    private final SharedKillSwitch cut = KillSwitches.shared("weft-api-connection-cut");
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger whole = new AtomicInteger();
    private final SharedKillSwitch stopping;

    /** @param stopping of the whole server */
    public ConnectionEnd(SharedKillSwitch stopping) {
        this.stopping = stopping;
    }

    /** That of the request's connection; one that never comes where the request came by no connection. */
    public static ConnectionEnd of(HttpRequest request) {
        return request.getAttribute(ATTRIBUTE)
                .orElseGet(() -> new ConnectionEnd(KillSwitches.shared("weft-api-never-stopping")));
    }

    /** Nobody reads any more. */
    public void gone() {
        over.set(true);
        gone.shutdown();
        cutIfOver();
    }

    private void cutIfOver() {
        if (over.get() && whole.get() > 0) {
            cut.shutdown();
        }
    }

    /** Both directions of the connection itself go through this. */
    public <T> Flow<T, T, NotUsed> line() {
        return Flow.<T>create().via(cut.flow());
    }

    /** For what may end anywhere: it ends in good order when the client has gone or the server stops. */
    public <T> Flow<T, T, NotUsed> orderly() {
        return Flow.<T>create().via(gone.flow()).via(stopping.flow());
    }

    /** For what waits for something: it ends when the client has gone, and goes on while the server stops. */
    public <T> Flow<T, T, NotUsed> patient() {
        return Flow.<T>create().via(gone.flow());
    }

    /**
     * For an answer that is of worth only as a whole: when the client has gone the line is cut, so that what was sent never looks
     * complete to one that closed but its own half. It goes on while the server stops.
     */
    public <T> Flow<T, T, NotUsed> whole() {
        return Flow.<T>create().watchTermination((any, done) -> {
            whole.incrementAndGet();
            done.whenComplete((ended, failure) -> whole.decrementAndGet());
            cutIfOver();
            return any;
        });
    }
}
