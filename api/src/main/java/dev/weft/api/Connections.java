package dev.weft.api;

import akka.Done;
import akka.NotUsed;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.ResponseEntity;
import akka.stream.KillSwitches;
import akka.stream.Materializer;
import akka.stream.SharedKillSwitch;
import akka.stream.TLSProtocol.SessionBytes;
import akka.stream.TLSProtocol.SslTlsInbound;
import akka.stream.TLSProtocol.SslTlsOutbound;
import akka.stream.javadsl.BidiFlow;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.TLSPlacebo;
import akka.util.ByteString;
import dev.weft.api.guard.ConnectionGuard;
import dev.weft.api.guard.GuardSettings;
import dev.weft.api.rest.ApiRoutes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Answers the requests of connections, and ends endless answers when nobody reads them any more.
 *
 * <p>A client that closes its connection ends its requests; Akka HTTP goes on writing the answer under way, since a client
 * may close only its own half. For a watch that has nothing to write this would be for ever, so a watch ends with the
 * requests of its connection. For this to be noticed, the guard keeps reading while nothing is written.
 */
final class Connections {
    private final Function<HttpRequest, CompletionStage<HttpResponse>> routes;
    private final GuardSettings guard;
    private final SharedKillSwitch stopping = KillSwitches.shared("weft-api-stopping");

    Connections(GuardSettings guard, Function<HttpRequest, CompletionStage<HttpResponse>> routes) {
        this.guard = guard;
        this.routes = routes;
    }

    /** Serves one connection until it is closed; never fails. */
    CompletionStage<Done> serve(
            BidiFlow<HttpResponse, SslTlsOutbound, SslTlsInbound, HttpRequest, NotUsed> http,
            Flow<ByteString, ByteString, ?> socket,
            Materializer materializer) {
        SharedKillSwitch gone = KillSwitches.shared("weft-api-connection");
        CompletableFuture<Done> closed = new CompletableFuture<>();
        Flow<ByteString, ByteString, NotUsed> watched = socket.watchTermination((any, done) -> {
            done.whenComplete((end, failure) -> {
                gone.shutdown();
                closed.complete(Done.getInstance());
            });
            return NotUsed.getInstance();
        });
        BidiFlow<SslTlsOutbound, SslTlsOutbound, SessionBytes, SslTlsInbound, NotUsed> plain =
                BidiFlow.fromFunctions(out -> out, in -> in);
        handler(gone)
                .join(http.atop(plain)
                        .atop(TLSPlacebo.getInstance())
                        .atop(BidiFlow.fromGraph(new ConnectionGuard(guard, gone::shutdown)))
                        .join(watched))
                .run(materializer);
        return closed;
    }

    private Flow<HttpRequest, HttpResponse, NotUsed> handler(SharedKillSwitch gone) {
        return Flow.<HttpRequest>create()
                .via(stopping.flow())
                .mapAsync(1, routes::apply)
                .map(response -> response.getAttribute(ApiRoutes.ENDLESS).isPresent()
                        ? response.withEntity(ending(response.entity(), gone))
                        : response);
    }

    /**
     * Not by {@code transformDataBytes}: for a chunked entity Akka HTTP splits data from trailer there, and its source is not
     * cancelled before both have ended, which an endless one never does.
     */
    private ResponseEntity ending(ResponseEntity entity, SharedKillSwitch gone) {
        return HttpEntities.createChunked(
                entity.getContentType(), entity.getDataBytes().via(gone.flow()).via(stopping.flow()));
    }

    /** Takes no more requests, ends watches, and closes each connection after its last answer. */
    void finish() {
        stopping.shutdown();
    }
}
