package dev.weft.api.rest;

import dev.weft.registry.Registry.Answer;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.VersionMatch;
import java.util.concurrent.CompletionStage;

/** Where objects are read from: the registry, or something that is computed. */
interface ReadableObjects {
    CompletionStage<Answer<Resource>> get(ResourceKey key, VersionMatch version);

    CompletionStage<Answer<Listing>> list(ListRequest request);
}
