package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object that lives only as long as any of its owners.
 *
 * @param owners at least one
 */
record Dependant(ResourceKey key, String uid, List<Owner> owners) {

    /**
     * Whom it belongs to.
     *
     * @param uid empty where any object of that name will do
     */
    record Owner(ResourceKey key, String uid) {

        /** Whether this object is the owner. */
        boolean is(@Nullable Resource object) {
            return object != null && (uid.isEmpty() || uid.equals(object.uid()));
        }
    }

    /** Finds the type behind {@code apiVersion} and {@code kind}. */
    @FunctionalInterface
    interface Types {
        /**
         * The type.
         *
         * @return null for a kind that is not known here, whose objects are then never judged
         */
        @Nullable
        ResourceType find(String group, String kind);

        /** Whether objects of the type live in namespaces. */
        default boolean namespaced(ResourceType type) {
            return !type.plural().equals("namespaces") && !type.plural().equals("nodes");
        }
    }

    /** By {@code metadata.ownerReferences}; null for what has none, or one of a kind that is not known here. */
    static @Nullable Dependant byOwnerReferences(Resource object, Types types) {
        List<Owner> owners = new ArrayList<>();
        for (JsonNode reference : object.json().toTree().path("metadata").path("ownerReferences")) {
            String apiVersion = reference.path("apiVersion").asText("");
            int slash = apiVersion.indexOf('/');
            String group = slash < 0 ? "" : apiVersion.substring(0, slash);
            ResourceType type = types.find(group, reference.path("kind").asText(""));
            if (type == null) {
                return null;
            }
            String namespace = types.namespaced(type) ? object.key().namespace() : "";
            ResourceKey key =
                    new ResourceKey(type, namespace, reference.path("name").asText(""));
            owners.add(new Owner(key, reference.path("uid").asText("")));
        }
        return owners.isEmpty() ? null : new Dependant(object.key(), object.uid(), List.copyOf(owners));
    }

    /** By an IPAddress object's {@code spec.parentRef}, which names its owner without a uid; null for one without. */
    static @Nullable Dependant byParent(Resource address) {
        JsonNode parent = address.json().toTree().path("spec").path("parentRef");
        String plural = parent.path("resource").asText("");
        if (plural.isEmpty()) {
            return null;
        }
        ResourceKey key = new ResourceKey(
                new ResourceType(parent.path("group").asText(""), plural),
                parent.path("namespace").asText(""),
                parent.path("name").asText(""));
        return new Dependant(address.key(), address.uid(), List.of(new Owner(key, "")));
    }
}
