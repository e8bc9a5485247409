package dev.weft.api.rest;

import akka.NotUsed;
import akka.stream.javadsl.Source;
import dev.weft.api.mesh.MeshObjects;
import dev.weft.registry.Registry;
import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.VersionMatch;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.util.concurrent.CompletionStage;

/** Where objects are read and watched: the registry, or something that is computed. */
interface ReadableObjects {
    CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version);

    CompletionStage<Answer<Listing>> list(ListRequest request);

    Source<WatchEvent, NotUsed> watch(WatchRequest request);

    /** What is stored. */
    static ReadableObjects stored(Registry registry) {
        return new ReadableObjects() {
            @Override
            public CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version) {
                return registry.get(key, version);
            }

            @Override
            public CompletionStage<Answer<Listing>> list(ListRequest request) {
                return registry.list(request);
            }

            @Override
            public Source<WatchEvent, NotUsed> watch(WatchRequest request) {
                return registry.watch(request);
            }
        };
    }

    /** What is worked out, always as it is now. */
    static ReadableObjects computed(MeshObjects objects) {
        return new ReadableObjects() {
            @Override
            public CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version) {
                return objects.get(key);
            }

            @Override
            public CompletionStage<Answer<Listing>> list(ListRequest request) {
                return objects.list(request);
            }

            @Override
            public Source<WatchEvent, NotUsed> watch(WatchRequest request) {
                return objects.watch(request);
            }
        };
    }
}
