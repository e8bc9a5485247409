package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object that lives only as long as any of its owners, as {@code metadata.ownerReferences} says.
 *
 * @param owners at least one
 */
record Dependant(ResourceKey key, String uid, List<Owner> owners) {
    Dependant {
        owners = List.copyOf(owners);
    }

    /**
     * Whom it belongs to.
     *
     * @param blocks whether a foreground deletion of the owner waits for the dependant
     */
    record Owner(ResourceKey key, String uid, boolean blocks) {

        /** Whether this object is the owner, and not a newer one of its name. */
        boolean is(@Nullable Resource object) {
            return object != null && uid.equals(object.uid());
        }
    }

    /** Reads an object; null for one that has no owner, or one of a kind that is not known here, which is never judged. */
    static @Nullable Dependant read(Resource object, KindCatalog kinds) {
        if (!object.json().mentions("ownerReferences")) {
            // Spares nearly every object the parsing.
            return null;
        }
        List<Owner> owners = new ArrayList<>();
        for (JsonNode reference : object.json().at("metadata", "ownerReferences")) {
            ResourceKind kind = kind(
                    kinds,
                    reference.path("apiVersion").asText(""),
                    reference.path("kind").asText(""));
            if (kind == null) {
                return null;
            }
            owners.add(new Owner(
                    new ResourceKey(
                            kind.type(),
                            kind.namespaced() ? object.key().namespace() : "",
                            reference.path("name").asText("")),
                    reference.path("uid").asText(""),
                    reference.path("blockOwnerDeletion").asBoolean(false)));
        }
        return owners.isEmpty() ? null : new Dependant(object.key(), object.uid(), owners);
    }

    private static @Nullable ResourceKind kind(KindCatalog kinds, String apiVersion, String name) {
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        for (ResourceKind kind : kinds.all()) {
            if (kind.kind().equals(name) && kind.type().group().equals(group)) {
                return kind;
            }
        }
        return null;
    }
}
