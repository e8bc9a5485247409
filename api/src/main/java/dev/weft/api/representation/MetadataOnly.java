package dev.weft.api.representation;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.Listing;

/** Objects as {@code PartialObjectMetadata}: for those who only follow names, labels and owners. */
public final class MetadataOnly implements Representation {
    private final String apiVersion;
    private final boolean ofLists;

    /**
     * In one version.
     *
     * @param version of {@code meta.k8s.io}: {@code v1} or {@code v1beta1}
     * @param ofLists whether the client asked for a list of them
     */
    public MetadataOnly(String version, boolean ofLists) {
        this.apiVersion = "meta.k8s.io/" + version;
        this.ofLists = ofLists;
    }

    @Override
    public boolean shows(boolean list) {
        return list == ofLists;
    }

    @Override
    public ByteString object(Resource resource) {
        return JsonText.of(tree(resource.json().toTree()));
    }

    ObjectNode tree(JsonNode whole) {
        ObjectNode partial = JsonText.object("PartialObjectMetadata", apiVersion);
        partial.set("metadata", whole.path("metadata"));
        return partial;
    }

    @Override
    public Pieces list(Listing listing) {
        ObjectNode list = JsonText.object("PartialObjectMetadataList", apiVersion);
        Representation.putListMeta(list.putObject("metadata"), listing);
        return JsonText.open(
                list,
                "items",
                listing.items().stream()
                        .map(item -> (ItemPiece) () -> object(item))
                        .toList());
    }

    @Override
    public ByteString event(Resource resource, boolean first) {
        return object(resource);
    }

    @Override
    public ByteString bookmark(long version, boolean initialEventsEnd) {
        return JsonText.of(
                WholeObjects.bookmark(JsonText.object("PartialObjectMetadata", apiVersion), version, initialEventsEnd));
    }
}
