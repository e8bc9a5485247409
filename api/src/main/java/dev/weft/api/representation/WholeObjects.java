package dev.weft.api.representation;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Cohabitation;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.watch.Listing;
import org.jspecify.annotations.Nullable;

/** Objects as they are: stored bytes passed on, or as another served version or group shows them. */
public final class WholeObjects implements Representation {
    private final String kind;
    private final String apiVersion;
    private final boolean stored;
    private final @Nullable Cohabitation cohabitation;

    public WholeObjects(ResourceKind kind, String version) {
        this.kind = kind.kind();
        this.apiVersion = kind.apiVersion(version);
        this.stored = kind.storedApiVersion().equals(apiVersion);
        this.cohabitation = kind.cohabitation();
    }

    @Override
    public ByteString object(Resource resource) {
        return stored ? JsonText.of(resource.json()) : JsonText.of(tree(resource));
    }

    /** Whether fields have other names than where they are stored. */
    boolean renames() {
        return cohabitation != null;
    }

    /** A tree of the caller's own, in the served version. */
    public ObjectNode tree(Resource resource) {
        ObjectNode tree = resource.json().toTree();
        if (cohabitation != null) {
            return cohabitation.served(tree, apiVersion);
        }
        if (!stored) {
            tree.put("apiVersion", apiVersion);
        }
        return tree;
    }

    @Override
    public Pieces list(Listing listing) {
        ObjectNode list = JsonText.object(kind + "List", apiVersion);
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
        return JsonText.of(bookmark(JsonText.object(kind, apiVersion), version, initialEventsEnd));
    }

    static ObjectNode bookmark(ObjectNode object, long version, boolean initialEventsEnd) {
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("resourceVersion", Long.toString(version));
        if (initialEventsEnd) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        return object;
    }
}
