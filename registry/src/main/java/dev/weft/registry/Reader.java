package dev.weft.registry;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import dev.weft.gossip.clock.HybridTimestamp;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.HubViews;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.PageToken;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WindowView;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Reads: waits until this node's hub holds enough, then answers from its immutable picture on the caller's thread. */
final class Reader {
    private final Questions questions;
    private final ActorRef<HubCommand> hub;
    private final HubViews views;
    private final InstantSource clock;
    private final Duration timeout;
    private final Duration versionTimeout;
    private final Duration tolerance;

    Reader(
            ActorSystem<?> system,
            ActorRef<HubCommand> hub,
            HubViews views,
            InstantSource clock,
            RegistrySettings settings) {
        questions = new Questions(system);
        this.hub = hub;
        this.views = views;
        this.clock = clock;
        this.timeout = settings.readTimeout();
        this.versionTimeout = settings.versionTimeout();
        this.tolerance = settings.clockTolerance();
    }

    CompletionStage<Answer<Resource>> get(int window, ResourceKey key, VersionMatch version) {
        return view(window, version)
                .thenApply(answer -> then(answer, view -> {
                    Resource object = view.get(key);
                    return object == null
                            ? new Answer.Refused<Resource>(Refusal.notFound(key))
                            : new Answer.Found<>(object);
                }));
    }

    /**
     * The newest state of an object; empty if there is none.
     *
     * @return fails if that cannot be found out now
     */
    CompletionStage<Optional<Resource>> find(int window, ResourceKey key) {
        return get(window, key, new VersionMatch.MostRecent()).thenApply(answer -> {
            if (answer instanceof Answer.Found<Resource> found) {
                return Optional.of(found.value());
            }
            Refusal refusal = ((Answer.Refused<Resource>) answer).refusal();
            if (refusal.reason() == Refusal.Reason.NotFound) {
                return Optional.empty();
            }
            throw new IllegalStateException(key + ": " + refusal.message());
        });
    }

    CompletionStage<Answer<Listing>> list(int window, ListRequest request) {
        if (request.continuation().isEmpty()) {
            return view(window, request.version())
                    .thenApply(answer ->
                            then(answer, view -> new Answer.Found<>(Listing.page(view, request, Optional.empty()))));
        }
        Optional<PageToken> token = PageToken.parse(request.continuation());
        if (token.isEmpty()) {
            return done(Refusal.badRequest(PageToken.INVALID));
        }
        return lookBack(window, token.get().version(), PageToken.EXPIRED)
                .thenApply(answer -> then(answer, view -> new Answer.Found<>(Listing.page(view, request, token))));
    }

    /** Everything that was acknowledged until now. */
    CompletionStage<HubCommand.Reached> reach(int window, long version) {
        return questions.ask(
                hub, (ActorRef<HubCommand.Reached> replyTo) -> new HubCommand.Reach(window, version, replyTo), timeout);
    }

    private CompletionStage<Answer<WindowView>> view(int window, VersionMatch version) {
        WindowView held = views.get(window);
        if (held.version() == 0) {
            // Nothing has been heard yet, which is not the same as that there is nothing.
            return reached(window, 0)
                    .thenCompose(answer -> answer instanceof Answer.Found<WindowView> found
                                    && found.value().version() > 0
                            ? view(window, version)
                            : CompletableFuture.completedStage(answer));
        }
        if (version instanceof VersionMatch.Any) {
            return found(held);
        }
        if (version instanceof VersionMatch.Exact exact) {
            return reachedIfIssued(window, exact.version()).thenCompose(answer -> lookBackFrom(answer, window, exact));
        }
        if (version instanceof VersionMatch.NotOlderThan bound) {
            return held.version() >= bound.version() ? found(held) : reachedIfIssued(window, bound.version());
        }
        return reached(window, 0);
    }

    private CompletionStage<Answer<WindowView>> lookBackFrom(
            Answer<WindowView> answer, int window, VersionMatch.Exact exact) {
        return answer instanceof Answer.Found<WindowView>
                ? lookBack(window, exact.version(), "The resourceVersion for the provided list is too old.")
                : CompletableFuture.completedStage(answer);
    }

    /** Waits for a version, unless nobody can have issued it: moving the shards' clocks there would do harm. */
    private CompletionStage<Answer<WindowView>> reachedIfIssued(int window, long version) {
        return mayBeIssued(version)
                .thenCompose(issued -> issued ? reached(window, version) : tooLarge(window, version));
    }

    /** Whether a version may have been issued by now. Where clocks were set back, only the shards know. */
    private CompletionStage<Boolean> mayBeIssued(long version) {
        return isFuture(version)
                ? reach(views.merged(), 0).handle((reached, late) -> !isFuture(version))
                : CompletableFuture.completedStage(true);
    }

    private CompletionStage<Answer<WindowView>> reached(int window, long version) {
        return reach(window, version)
                .<Answer<WindowView>>thenApply(reached -> new Answer.Found<>(views.get(window)))
                .exceptionally(late -> new Answer.Refused<>(Refusal.timeout(
                        "the registry did not answer within " + timeout.toMillis() + " ms" + absent(window)
                                + "; try again",
                        0)));
    }

    /** Whose absence explains that there is no answer; empty if nobody's does. */
    private String absent(int window) {
        List<Integer> absent = IntStream.range(0, views.merged())
                .filter(shard -> window == shard || window == views.merged())
                .filter(shard -> views.get(shard).version() == 0)
                .boxed()
                .toList();
        return absent.isEmpty()
                ? ""
                : ": shards " + absent + " are not loaded, the log of the process that keeps the data says why";
    }

    private CompletionStage<Answer<WindowView>> lookBack(int window, long version, String expired) {
        return questions
                .ask(
                        hub,
                        (ActorRef<HubCommand.Past> replyTo) -> new HubCommand.LookBack(window, version, replyTo),
                        timeout)
                .thenApply(past -> past.view()
                        .<Answer<WindowView>>map(Answer.Found::new)
                        .orElseGet(() -> new Answer.Refused<>(Refusal.expired(expired))));
    }

    /** A version that nobody can have issued yet: moving the clocks there would do harm. */
    private boolean isFuture(long version) {
        long bound =
                HybridTimestamp.ofMillis(clock.millis() + tolerance.toMillis()).packed();
        return version > Math.max(bound, views.get(views.merged()).version());
    }

    private CompletionStage<Answer<WindowView>> tooLarge(int window, long version) {
        return CompletableFuture.supplyAsync(
                () -> new Answer.Refused<>(
                        Refusal.tooLargeVersion(version, views.get(window).version())),
                CompletableFuture.delayedExecutor(versionTimeout.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static <T, U> Answer<U> then(Answer<T> answer, Function<T, Answer<U>> next) {
        return answer instanceof Answer.Found<T> found
                ? next.apply(found.value())
                : new Answer.Refused<>(((Answer.Refused<T>) answer).refusal());
    }

    private static <T> CompletionStage<Answer<T>> found(T value) {
        return CompletableFuture.completedStage(new Answer.Found<>(value));
    }

    private static <T> CompletionStage<Answer<T>> done(Refusal refusal) {
        return CompletableFuture.completedStage(new Answer.Refused<>(refusal));
    }
}
