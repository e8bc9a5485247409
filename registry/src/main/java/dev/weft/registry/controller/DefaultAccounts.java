package dev.weft.registry.controller;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Derivation;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.StateView;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every namespace has a ServiceAccount {@code default}, and gets it again when it is deleted, until the namespace itself
 * goes. As Kubernetes' controller for service accounts.
 */
public final class DefaultAccounts implements Derivation {
    private static final ResourceType NAMESPACES = new ResourceType("", "namespaces");
    private static final ResourceType ACCOUNTS = new ResourceType("", "serviceaccounts");
    private static final String NAME = "default";

    @Override
    public List<DerivedWrite> derive(StateView state, List<Change> changes) {
        return changes.stream()
                .map(Change::key)
                .flatMap(DefaultAccounts::namespaceOf)
                .distinct()
                .flatMap(namespace -> missing(state, namespace).stream())
                .toList();
    }

    @Override
    public List<DerivedWrite> start(StateView state, List<Resource> everything) {
        return everything.stream()
                .filter(object -> object.key().type().equals(NAMESPACES))
                .flatMap(object -> missing(state, object.key().name()).stream())
                .toList();
    }

    /** The namespace whose account a change concerns. */
    private static Stream<String> namespaceOf(ResourceKey changed) {
        if (changed.type().equals(NAMESPACES)) {
            return Stream.of(changed.name());
        }
        return changed.type().equals(ACCOUNTS) && changed.name().equals(NAME)
                ? Stream.of(changed.namespace())
                : Stream.of();
    }

    private static Optional<DerivedWrite> missing(StateView state, String namespace) {
        Resource home = state.get(new ResourceKey(NAMESPACES, "", namespace));
        ResourceKey key = new ResourceKey(ACCOUNTS, namespace, NAME);
        if (home == null
                || state.get(key) != null
                || home.json().toTree().path("metadata").hasNonNull("deletionTimestamp")) {
            return Optional.empty();
        }
        ObjectNode account = JsonNodeFactory.instance.objectNode();
        account.put("apiVersion", "v1").put("kind", "ServiceAccount");
        account.putObject("metadata").put("name", NAME).put("namespace", namespace);
        return Optional.of(new DerivedWrite.Put(key, account));
    }
}
