package dev.weft.api.forward;

import akka.actor.ClassicActorSystemProvider;
import akka.http.javadsl.ConnectHttp;
import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.Http;
import akka.http.javadsl.HttpsConnectionContext;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.ResponseEntity;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.Uri;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.RawRequestURI;
import akka.http.javadsl.model.headers.TimeoutAccess;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import com.typesafe.config.Config;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.stream.ConnectionEnd;
import dev.weft.registry.Registry;
import dev.weft.registry.resource.Refusal;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import scala.concurrent.duration.Duration;

/** Passes requests on to workloads and their answers back. Safe for many threads. */
public final class ForwardRoutes {
    private final ClassicActorSystemProvider system;
    private final ForwardSettings settings;
    private final Destinations destinations;
    private final ClientConnectionSettings client;
    private final HttpsConnectionContext tls = ConnectionContext.httpsClient(UnverifiedTls.context());
    private final AtomicInteger underWay = new AtomicInteger();

    /** @param random chooses among endpoints */
    public ForwardRoutes(
            ClassicActorSystemProvider system, ForwardSettings settings, Registry registry, RandomGenerator random) {
        this.system = system;
        this.settings = settings;
        this.destinations = new Destinations(registry, random);
        Config all = system.classicSystem().settings().config();
        this.client = ClientConnectionSettings.create(
                settings.http().atPath("akka.http.client").withFallback(all));
    }

    /** Requests whose answers have not been passed on completely. */
    public int underWay() {
        return underWay.get();
    }

    /**
     * Passes one request on.
     *
     * @return the answer of the workload, whatever it is; fails with {@link RequestRefused} where there is none
     */
    public CompletionStage<HttpResponse> answer(HttpRequest request, ForwardTarget target) {
        if (target.rest().isEmpty() && isRead(request)) {
            // Without the slash, relative links of the workload's first page would lead out of it.
            return CompletableFuture.completedStage(movedTo(target.prefix() + "/" + query(request)));
        }
        if (request.entity().getContentLengthOption().orElse(0) > settings.bodyBytes()) {
            throw new RequestRefused(Refusals.tooLarge(settings.bodyBytes()));
        }
        if (underWay.incrementAndGet() > settings.requests()) {
            underWay.decrementAndGet();
            throw new RequestRefused(Refusals.tooManyRequests());
        }
        // The server's own deadline would answer before this one with words of its own.
        request.getHeader(TimeoutAccess.class)
                .ifPresent(access -> access.timeoutAccess().updateTimeout(Duration.Inf()));
        return destinations
                .of(target)
                .thenCompose(destination -> send(request, target, destination))
                .whenComplete((response, failure) -> underWay.decrementAndGet());
    }

    private static boolean isRead(HttpRequest request) {
        String method = request.method().value();
        return method.equals("GET") || method.equals("HEAD");
    }

    private static HttpResponse movedTo(String location) {
        return HttpResponse.create()
                .withStatus(StatusCodes.MOVED_PERMANENTLY)
                .addHeader(RawHeader.create("Location", location));
    }

    private static String query(HttpRequest request) {
        return request.getUri().rawQueryString().map(raw -> "?" + raw).orElse("");
    }

    private CompletionStage<HttpResponse> send(HttpRequest request, ForwardTarget target, Destination destination) {
        String path = target.rest().isEmpty() ? "/" : target.rest();
        HttpRequest onward = HttpRequest.create()
                .withMethod(request.method())
                .withUri(Uri.create("http://" + destination.authority() + "/"))
                .withHeaders(PassedFields.toWorkload(request, target))
                .addHeader(RawRequestURI.create(path + query(request)))
                .withEntity(body(request));
        ConnectHttp where = target.tls()
                ? ConnectHttp.toHostHttps(destination.host(), destination.port())
                        .withCustomHttpsContext(tls)
                : ConnectHttp.toHost(destination.host(), destination.port());
        ConnectionEnd end = ConnectionEnd.of(request);
        return Source.single(onward)
                .via(Http.get(system)
                        .outgoingConnection(
                                where,
                                Optional.empty(),
                                client,
                                system.classicSystem().log()))
                .initialTimeout(settings.answerDeadline())
                .via(end.<HttpResponse>patient())
                .runWith(Sink.head(), system)
                .thenApply(response -> passedBack(response, request, target, destination, end))
                .exceptionallyCompose(failure -> CompletableFuture.failedStage(refusal(failure)));
    }

    private RequestEntity body(HttpRequest request) {
        RequestEntity entity = request.entity();
        return entity instanceof HttpEntity.Strict
                ? entity
                : (RequestEntity) entity.withSizeLimit(settings.bodyBytes());
    }

    private HttpResponse passedBack(
            HttpResponse answer,
            HttpRequest request,
            ForwardTarget target,
            Destination destination,
            ConnectionEnd end) {
        HttpResponse response = Pages.readable(request, answer) ? Pages.through(answer, target.prefix()) : answer;
        return HttpResponse.create()
                .withStatus(response.status())
                .withHeaders(PassedFields.toClient(response, request, destination.authority(), target.prefix()))
                .withEntity(counted(response.entity(), end));
    }

    /** Not what is one piece: it is here already. */
    private ResponseEntity counted(ResponseEntity entity, ConnectionEnd end) {
        if (entity instanceof HttpEntity.Strict) {
            return entity;
        }
        Source<ByteString, Object> bytes = entity.withoutSizeLimit()
                .getDataBytes()
                .via(end.<ByteString>whole())
                .watchTermination((any, done) -> {
                    underWay.incrementAndGet();
                    done.whenComplete((ended, failure) -> underWay.decrementAndGet());
                    return any;
                });
        OptionalLong length = entity.getContentLengthOption();
        return length.isPresent()
                ? HttpEntities.create(entity.getContentType(), length.getAsLong(), bytes)
                : HttpEntities.createChunked(entity.getContentType(), bytes);
    }

    private RequestRefused refusal(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RequestRefused refused) {
            return refused;
        }
        if (cause instanceof EntityStreamSizeException) {
            return new RequestRefused(Refusals.tooLarge(settings.bodyBytes()));
        }
        if (cause instanceof TimeoutException) {
            return new RequestRefused(Refusal.timeout(
                    "error trying to reach service: no answer within "
                            + settings.answerDeadline().toSeconds() + " s",
                    1));
        }
        Throwable reason = cause.getCause() == null ? cause : cause.getCause();
        return new RequestRefused(Refusals.unavailable("error trying to reach service: " + reason.getMessage()));
    }
}
