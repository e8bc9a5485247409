package dev.weft.api;

import akka.Done;
import akka.NotUsed;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.headers.Connection;
import akka.stream.KillSwitches;
import akka.stream.Materializer;
import akka.stream.SharedKillSwitch;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.stream.javadsl.TLSPlacebo;
import akka.util.ByteString;
import dev.weft.api.guard.ConnectionGuard;
import dev.weft.api.guard.ConnectionPlaces;
import dev.weft.api.guard.GuardSettings;
import dev.weft.api.stream.ConnectionEnd;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Answers the requests of connections, and ends endless answers when nobody reads them any more.
 *
 * <p>A client that closes its connection ends its requests; Akka HTTP goes on writing the answer under way, since a client
 * may close only its own half. For a watch that has nothing to write this would be for ever, so a watch ends with the
 * requests of its connection. For this to be noticed, the guard keeps reading while nothing is written.
 */
final class Connections {
    private static final HttpHeader CLOSE = Connection.create("close");

    /** Refused connections that are told so at a time. */
    private static final int MOST_TOLD = 256;

    private final Function<HttpRequest, CompletionStage<HttpResponse>> routes;
    private final GuardSettings guard;
    private final ConnectionPlaces places;
    private final AtomicInteger telling = new AtomicInteger();
    private final SharedKillSwitch leaving = KillSwitches.shared("weft-api-leaving");
    private final Set<AnswerInHand> running = ConcurrentHashMap.newKeySet();
    private volatile boolean last;
    private volatile boolean finishing;

    Connections(
            GuardSettings guard, ConnectionPlaces places, Function<HttpRequest, CompletionStage<HttpResponse>> routes) {
        this.guard = guard;
        this.places = places;
        this.routes = routes;
    }

    /** Connections that are open. */
    int open() {
        return places.open();
    }

    /**
     * Closes a connection that has no place: behind a word, and the time to read it, where the client would understand that and
     * few are being told the same; else at once.
     */
    void refuse(Flow<ByteString, ByteString, ?> socket, boolean tls, Materializer materializer) {
        boolean told = !tls && telling.incrementAndGet() <= MOST_TOLD;
        Source<ByteString, NotUsed> word = told
                ? Source.single(ConnectionGuard.tooManyConnections())
                        .concat(Source.never())
                        .completionTimeout(guard.linger())
                : Source.failed(new TimeoutException("no place"));
        word.via(socket).runWith(Sink.ignore(), materializer).whenComplete((done, failure) -> {
            if (!tls) {
                telling.decrementAndGet();
            }
        });
    }

    /** Serves one connection, which has a place, until it is closed; never fails. */
    CompletionStage<Done> serve(
            BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http,
            Flow<ByteString, ByteString, ?> socket,
            InetSocketAddress client,
            Materializer materializer) {
        ConnectionEnd end = new ConnectionEnd(leaving);
        AnswerInHand inHand = new AnswerInHand();
        running.add(inHand);
        CompletableFuture<Done> closed = new CompletableFuture<>();
        Flow<ByteString, ByteString, NotUsed> cuttable =
                Flow.<ByteString>create().via(end.line()).via(socket).via(end.line());
        Flow<ByteString, ByteString, NotUsed> watched = cuttable.watchTermination((any, done) -> {
            done.whenComplete((ended, failure) -> {
                end.gone();
                running.remove(inHand);
                places.left(client.getAddress());
                closed.complete(Done.getInstance());
            });
            return NotUsed.getInstance();
        });
        handler(client, end, inHand)
                .join(http.atop(plain())
                        .atop(BidiFlow.fromGraph(new ConnectionGuard(guard, end::gone)))
                        .join(watched))
                .run(materializer);
        return closed;
    }

    /** What is no TLS any more, as Akka HTTP wants it: bytes of a session are something that comes in. */
    @SuppressWarnings("unchecked") // of what comes out it is said less than is known
    private static BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed> plain() {
        BidiFlow<?, ?, ?, ? extends SslTlsInbound, ?> placebo = TLSPlacebo.getInstance();
        return (BidiFlow<SslTlsOutbound, ByteString, ByteString, SslTlsInbound, NotUsed>) placebo;
    }

    private Flow<HttpRequest, HttpResponse, NotUsed> handler(
            InetSocketAddress client, ConnectionEnd end, AnswerInHand inHand) {
        RemoteAddress address = RemoteAddress.create(client);
        return Flow.<HttpRequest>create()
                .viaMat(KillSwitches.single(), Keep.right())
                .mapMaterializedValue(requests -> {
                    inHand.running(requests);
                    if (finishing) {
                        inHand.finish();
                    }
                    return NotUsed.getInstance();
                })
                .mapAsync(1, request -> {
                    inHand.owed();
                    return routes.apply(request.addAttribute(ConnectionEnd.ATTRIBUTE, end)
                            .addAttribute(AttributeKeys.remoteAddress, address));
                })
                .map(answer -> {
                    inHand.given();
                    return last ? answer.addHeader(CLOSE) : answer;
                });
    }

    /** Ends watches, and closes each connection after its next answer, which says so. */
    void leave() {
        last = true;
        leaving.shutdown();
    }

    /** Takes no more requests, and closes each connection after the answer that is under way. */
    void finish() {
        finishing = true;
        running.forEach(AnswerInHand::finish);
    }
}
