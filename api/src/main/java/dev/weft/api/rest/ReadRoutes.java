package dev.weft.api.rest;

import akka.NotUsed;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.representation.Representation;
import dev.weft.api.stream.ConnectionEnd;
import dev.weft.api.stream.WatchSocket;
import dev.weft.api.stream.WatchStream;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
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
    private final Registry registry;
    private final ReadableObjects stored;
    private final Representations representations;
    private final WatchLimits watches;

    ReadRoutes(Registry registry, Representations representations, WatchLimits watches) {
        this.registry = registry;
        this.stored = new Stored(registry);
        this.representations = representations;
        this.watches = watches;
    }

    /** Reads from the registry. */
    CompletionStage<HttpResponse> read(Exchange exchange, ResourceTarget target) {
        boolean watch = target.collection() && new ReadOptions(exchange.query()).watch();
        return watch ? watch(exchange, target) : read(exchange, target, stored);
    }

    /** Reads one object or a collection from anywhere. */
    CompletionStage<HttpResponse> read(Exchange exchange, ResourceTarget target, ReadableObjects from) {
        Representation shown = representations.choose(target.kind(), target.version(), exchange);
        Answers answers = new Answers(exchange.pretty());
        ReadOptions options = new ReadOptions(exchange.query());
        if (target.collection()) {
            return from.list(options.list(target.kind(), target.namespace()))
                    .thenApply(answer -> found(answer, answers, listing -> answers.list(shown.list(listing))));
        }
        return from.get(target.key(), options.single())
                .thenApply(answer -> found(
                        answer,
                        answers,
                        object -> target.scale()
                                ? answers.json(
                                        200,
                                        Scale.of(target.kind(), object.json().toTree()))
                                : answers.json(200, shown.object(object))));
    }

    private CompletionStage<HttpResponse> watch(Exchange exchange, ResourceTarget target) {
        Representation shown = representations.choose(target.kind(), target.version(), exchange);
        ReadOptions options = new ReadOptions(exchange.query());
        WatchRequest request = options.watch(target.kind(), target.namespace());
        if (WatchSocket.wanted(exchange.request())) {
            WatchSocket.require(exchange.request());
        }
        CompletionStage<Source<WatchEvent, NotUsed>> events = startsNow(exchange.query())
                ? fromNow(request)
                : CompletableFuture.completedFuture(registry.watch(request));
        return events.thenApply(source -> streamed(
                exchange.request(),
                watches.bounded(options.timeoutSeconds(), lasting -> WatchStream.messages(source, shown, lasting))));
    }

    private static HttpResponse streamed(HttpRequest request, Source<ByteString, NotUsed> messages) {
        Source<ByteString, NotUsed> ending =
                messages.via(ConnectionEnd.of(request).orderly());
        return WatchSocket.wanted(request)
                ? WatchSocket.answer(request, ending)
                : Answers.stream(WatchStream.lines(ending));
    }

    /** A watch-list that expressly does without the initial events and names no version begins at the present. */
    private static boolean startsNow(Query query) {
        boolean declined = query.has("sendInitialEvents") && !query.flag("sendInitialEvents");
        return declined
                && (query.first("resourceVersion").isEmpty()
                        || query.first("resourceVersion").equals("0"));
    }

    private CompletionStage<Source<WatchEvent, NotUsed>> fromNow(WatchRequest request) {
        ListRequest present =
                new ListRequest(request.collection(), request.filter(), new VersionMatch.MostRecent(), 1, "");
        return registry.list(present).thenApply(answer -> {
            Listing listing = value(answer);
            return registry.watch(new WatchRequest(
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

    private record Stored(Registry registry) implements ReadableObjects {
        @Override
        public CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version) {
            return registry.get(key, version);
        }

        @Override
        public CompletionStage<Answer<Listing>> list(ListRequest request) {
            return registry.list(request);
        }
    }
}
