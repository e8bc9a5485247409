package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One kind, declared: all that the registry and the API need to store, check, show and serve it.
 *
 * @param kind e.g. {@code EndpointSlice}
 * @param versions the served API versions of its group; the first one is the storage version
 * @param singular e.g. {@code endpointslice}
 * @param shortNames e.g. {@code svc}
 * @param categories e.g. {@code all}
 * @param subresources which of {@code status}, {@code scale}, {@code eviction} and {@code finalize} it has
 * @param model the class whose properties are the kind's fields
 * @param columns what {@code kubectl get} shows
 * @param fieldSelectors the fields beyond {@code metadata.name} and {@code metadata.namespace} that a list may filter by
 * @param rules defaulting, validation, update rules
 * @param cohabitation how its objects are those of another kind; null if they are stored as its own
 */
public record ResourceKind(
        ResourceType type,
        String kind,
        List<String> versions,
        Scope scope,
        String singular,
        List<String> shortNames,
        List<String> categories,
        Set<Subresource> subresources,
        Class<?> model,
        List<Column> columns,
        Map<String, Function<JsonNode, String>> fieldSelectors,
        KindRules rules,
        @Nullable Cohabitation cohabitation) {
    public ResourceKind {
        versions = List.copyOf(versions);
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        subresources = Set.copyOf(subresources);
        columns = List.copyOf(columns);
        fieldSelectors = Map.copyOf(fieldSelectors);
    }

    public boolean namespaced() {
        return scope == Scope.NAMESPACED;
    }

    /** Whether Kubernetes serves it by a definition that is installed, with fewer rules than its own kinds have. */
    public boolean custom() {
        return type.group().endsWith(".x-k8s.io");
    }

    /** {@code v1} or {@code discovery.k8s.io/v1}: what objects in the storage version carry. */
    public String apiVersion() {
        return apiVersion(versions.get(0));
    }

    /** {@code apiVersion} of objects in one of the served versions. */
    public String apiVersion(String version) {
        return type.group().isEmpty() ? version : type.group() + "/" + version;
    }

    /** The type under which its objects are stored: its own, or that of the kind whose objects it shows. */
    public ResourceType storedType() {
        return cohabitation == null ? type : cohabitation.stored();
    }

    /** What its objects carry where they are stored. */
    public String storedApiVersion() {
        return cohabitation == null ? apiVersion() : cohabitation.storedApiVersion();
    }

    /** Whether objects live in namespaces. */
    public enum Scope {
        NAMESPACED,
        CLUSTER
    }

    /** The parts of an object that are written on their own. */
    public enum Subresource {
        STATUS,
        SCALE,
        /** The wish that a Pod leave its node; only ever created. */
        EVICTION,
        /** A Namespace's {@code spec.finalizers}, which an update of the object itself leaves alone; only ever replaced. */
        FINALIZE
    }
}
