package dev.weft.api.rest;

import akka.NotUsed;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.representation.Representation;
import dev.weft.api.stream.ConnectionEnd;
import dev.weft.api.stream.WatchSocket;
import dev.weft.api.stream.WatchStream;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Scale;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Get, list and watch. */
final class ReadRoutes {
    private final Representations representations;
    private final WatchLimits watches;
    private final StandingWatches standing;

    ReadRoutes(Representations representations, WatchLimits watches, StandingWatches standing) {
        this.representations = representations;
        this.watches = watches;
        this.standing = standing;
    }

    /** Reads or watches one object or a collection. */
    CompletionStage<HttpResponse> read(Exchange exchange, ResourceTarget target, ReadableObjects from) {
        boolean watch = target.collection() && new ReadOptions(exchange.query()).watch();
        return watch ? watch(exchange, target, from) : readOnce(exchange, target, from);
    }

    private CompletionStage<HttpResponse> readOnce(Exchange exchange, ResourceTarget target, ReadableObjects from) {
        Representation shown = target.scale()
                ? representations.ofScale(
                        target.kind(), target.kind().versions().get(0), exchange)
                : representations.choose(target.kind(), target.version(), exchange);
        if (!shown.shows(target.collection())) {
            throw new RequestRefused(Refusals.notAcceptable(Accepts.OFFERED));
        }
        Answers answers = Answers.to(exchange);
        ReadOptions options = new ReadOptions(exchange.query());
        if (target.collection()) {
            return from.list(options.list(target.kind(), target.namespace()))
                    .thenApply(answer -> found(answer, answers, listing -> answers.list(shown.list(listing))));
        }
        return from.get(target.key(), options.single())
                .thenApply(answer -> found(
                        answer,
                        answers,
                        object -> answers.json(200, shown.object(target.scale() ? scale(target, object) : object))));
    }

    private static Resource scale(ResourceTarget target, Resource object) {
        JsonBytes scale = JsonBytes.of(Scale.of(target.kind(), object.json().toTree()));
        return new Resource(object.key(), object.uid(), object.version(), object.labels(), scale);
    }

    private CompletionStage<HttpResponse> watch(Exchange exchange, ResourceTarget target, ReadableObjects from) {
        Representation shown = representations.choose(target.kind(), target.version(), exchange.streamed());
        ReadOptions options = new ReadOptions(exchange.query());
        WatchRequest request = options.watch(target.kind(), target.namespace());
        boolean frames = WatchSocket.wanted(exchange.request());
        if (frames) {
            WatchSocket.require(exchange.request());
        }
        CompletionStage<Source<WatchEvent, NotUsed>> events = startsNow(exchange.query())
                ? fromNow(request, from)
                : CompletableFuture.completedFuture(from.watch(request));
        return events.thenApply(source -> streamed(
                exchange.request(),
                watches.bounded(
                        exchange.user().name(),
                        options.timeoutSeconds(),
                        lasting -> (frames
                                        ? WatchStream.messages(source, shown, lasting)
                                        : WatchStream.lines(source, shown, lasting))
                                .via(standing.of(exchange)))));
    }

    private static HttpResponse streamed(HttpRequest request, Source<ByteString, NotUsed> messages) {
        Source<ByteString, NotUsed> ending =
                messages.via(ConnectionEnd.of(request).orderly());
        return WatchSocket.wanted(request)
                ? WatchSocket.answer(request, ending)
                : Answers.stream(WatchStream.pieces(ending));
    }

    /** A watch-list that expressly does without the initial events and names no version begins at the present. */
    private static boolean startsNow(Query query) {
        boolean declined = query.has("sendInitialEvents") && !query.flag("sendInitialEvents");
        return declined
                && (query.first("resourceVersion").isEmpty()
                        || query.first("resourceVersion").equals("0"));
    }

    private CompletionStage<Source<WatchEvent, NotUsed>> fromNow(WatchRequest request, ReadableObjects from) {
        ListRequest present =
                new ListRequest(request.collection(), request.filter(), new VersionMatch.MostRecent(), 1, "");
        return from.list(present).thenApply(answer -> {
            Listing listing = value(answer);
            return from.watch(new WatchRequest(
                    request.collection(),
                    request.filter(),
                    OptionalLong.of(listing.version()),
                    request.bookmarks(),
                    false));
        });
    }

    private static <T> T value(Answer<T> answer) {
        if (answer instanceof Answer.Refused<T> refused) {
            throw new RequestRefused(refused.refusal());
        }
        return ((Answer.Found<T>) answer).value();
    }

    private static <T> HttpResponse found(Answer<T> answer, Answers answers, Function<T, HttpResponse> show) {
        if (answer instanceof Answer.Refused<T> refused) {
            Refusal refusal = refused.refusal();
            return answers.refused(refusal);
        }
        return show.apply(((Answer.Found<T>) answer).value());
    }
}
