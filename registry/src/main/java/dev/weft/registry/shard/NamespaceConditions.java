package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKind;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a Namespace that is going away says of itself: the conditions of Kubernetes, by which people and {@code kubectl
 * describe} find out what holds it. Discovery and parsing cannot fail here; their conditions are there because tools expect
 * them.
 *
 * @param remaining how many objects there still are, by resource and group, e.g. {@code pods.}
 * @param finalizers how many of them wait for each finalizer
 */
record NamespaceConditions(Map<String, Integer> remaining, Map<String, Integer> finalizers) {
    /** Nothing remains. */
    static final NamespaceConditions EMPTY = new NamespaceConditions(Map.of(), Map.of());

    /**
     * Looks at what is in a namespace.
     *
     * @param limit of so many objects the finalizers are counted; those of the rest are not
     */
    static NamespaceConditions of(ShardStep step, Iterable<ResourceKind> kinds, String namespace, int limit) {
        Map<String, Integer> remaining = new TreeMap<>();
        Map<String, Integer> finalizers = new TreeMap<>();
        int looked = 0;
        for (ResourceKind kind : kinds) {
            Collection<Resource> objects = kind.namespaced() ? step.list(kind.type(), namespace) : List.of();
            if (!objects.isEmpty()) {
                remaining.put(kind.type().plural() + "." + kind.type().group(), objects.size());
            }
            for (Resource object : objects) {
                if (looked < limit && object.json().mentions("\"finalizers\"")) {
                    looked++;
                    JsonNode metadata = object.json().at("metadata");
                    metadata.path("finalizers").forEach(each -> finalizers.merge(each.asText(), 1, Integer::sum));
                }
            }
        }
        return new NamespaceConditions(remaining, finalizers);
    }

    /** Writes them into a Namespace, in place; the time of a condition is that of its last turn. */
    void writeTo(ObjectNode namespace, Instant now) {
        ObjectNode status = namespace.withObjectProperty("status");
        JsonNode before = status.path("conditions");
        ArrayNode conditions = namespace.arrayNode();
        add(
                conditions,
                "NamespaceDeletionDiscoveryFailure",
                false,
                "ResourcesDiscovered",
                "All resources successfully discovered");
        add(
                conditions,
                "NamespaceDeletionGroupVersionParsingFailure",
                false,
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed");
        add(
                conditions,
                "NamespaceDeletionContentFailure",
                false,
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization");
        boolean some = !remaining.isEmpty();
        add(
                conditions,
                "NamespaceContentRemaining",
                some,
                some ? "SomeResourcesRemain" : "ContentRemoved",
                some
                        ? "Some resources are remaining: " + told(remaining, " has ")
                        : "All content successfully removed");
        boolean held = !finalizers.isEmpty();
        add(
                conditions,
                "NamespaceFinalizersRemaining",
                held,
                held ? "SomeFinalizersRemain" : "ContentHasNoFinalizers",
                held
                        ? "Some content in the namespace has finalizers remaining: " + told(finalizers, " in ")
                        : "All content-preserving finalizers finished");
        for (JsonNode condition : conditions) {
            ((ObjectNode) condition).put("lastTransitionTime", turned((ObjectNode) condition, before, now));
        }
        status.set("conditions", conditions);
    }

    private static String told(Map<String, Integer> counts, String verb) {
        return counts.entrySet().stream()
                .map(count -> count.getKey() + verb + count.getValue() + " resource instances")
                .collect(Collectors.joining(", "));
    }

    private static void add(ArrayNode conditions, String type, boolean status, String reason, String message) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", status ? "True" : "False")
                .put("reason", reason)
                .put("message", message);
    }

    private static String turned(ObjectNode condition, JsonNode before, Instant now) {
        for (JsonNode old : before) {
            if (old.path("type").equals(condition.path("type"))
                    && old.path("status").equals(condition.path("status"))) {
                return old.path("lastTransitionTime").asText();
            }
        }
        return DateTimeFormatter.ISO_INSTANT.format(now.truncatedTo(ChronoUnit.SECONDS));
    }
}
