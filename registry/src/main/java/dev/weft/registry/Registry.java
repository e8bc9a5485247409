package dev.weft.registry;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.util.concurrent.CompletionStage;

/**
 * Everything the cluster knows, from any of its nodes.
 *
 * <p>All methods may be called from any thread and do not block. Expected failures are values; a stage that fails
 * exceptionally is a bug.
 */
public interface Registry {

    /** The kinds that are stored and served. */
    KindCatalog kinds();

    /** Carries out one write: once this completes with {@link Write.Outcome.Done} it is on disk. */
    CompletionStage<Write.Outcome> write(Write write);

    /** One object. */
    CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version);

    /** A page of a collection. */
    CompletionStage<Answer<Listing>> list(ListRequest request);

    /**
     * The changes of a collection. The stream is bounded: a reader that falls too far behind gets {@link
     * WatchEvent.Failed} with an expired version, and never slows anyone else.
     */
    Source<WatchEvent, NotUsed> watch(WatchRequest request);

    /** What the federation looks like from here. */
    FederationView federation();

    /** Whether every shard is running and this node's view has caught up; the sentence says what is missing. */
    Readiness readiness();

    /**
     * A value or the reason why there is none.
     *
     * @param <T> the value
     */
    sealed interface Answer<T> {
        record Found<T>(T value) implements Answer<T> {}

        record Refused<T>(Refusal refusal) implements Answer<T> {}
    }

    /**
     * Whether it can serve.
     *
     * @param missing empty when ready
     */
    record Readiness(boolean ready, String missing) {}
}
