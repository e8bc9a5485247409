package dev.weft.api.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The documents under {@code /api} and {@code /apis}. Pure. */
public final class DiscoveryDocuments {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final List<ServedResource> resources;

    public DiscoveryDocuments(List<ServedResource> resources) {
        this.resources = List.copyOf(resources);
    }

    /**
     * {@code GET /api}.
     *
     * @param address by which clients reach this server, with the port
     */
    public ObjectNode coreVersions(String address) {
        ObjectNode versions = document("APIVersions", "");
        ArrayNode names = versions.putArray("versions");
        versions("").forEach(names::add);
        versions.putArray("serverAddressByClientCIDRs")
                .addObject()
                .put("clientCIDR", "0.0.0.0/0")
                .put("serverAddress", address);
        return versions;
    }

    /** {@code GET /apis}. */
    public ObjectNode groups() {
        ObjectNode list = document("APIGroupList", "v1");
        ArrayNode groups = list.putArray("groups");
        groupNames().stream().filter(name -> !name.isEmpty()).forEach(name -> groups.add(groupBody(name)));
        return list;
    }

    /** {@code GET /apis/GROUP}; null if there is no such group. */
    public @Nullable ObjectNode group(String name) {
        if (versions(name).isEmpty()) {
            return null;
        }
        ObjectNode group = document("APIGroup", "v1");
        group.setAll(groupBody(name));
        return group;
    }

    /** {@code GET /apis/GROUP/VERSION}; null if there is no such version. */
    public @Nullable ObjectNode resources(String group, String version) {
        List<ServedResource> served = in(group, version);
        if (served.isEmpty()) {
            return null;
        }
        ObjectNode list = document("APIResourceList", "v1");
        list.put("groupVersion", served.get(0).groupVersion());
        ArrayNode array = list.putArray("resources");
        for (ServedResource resource : served) {
            array.add(resource(resource));
            resource.parts().forEach(part -> array.add(part(resource, part)));
        }
        return list;
    }

    /**
     * The answer that spares clients the walk through all groups.
     *
     * @param core whether for {@code /api} rather than {@code /apis}
     * @param version of {@code apidiscovery.k8s.io}: {@code v2} or {@code v2beta1}
     */
    public ObjectNode aggregated(boolean core, String version) {
        ObjectNode list = document("APIGroupDiscoveryList", "apidiscovery.k8s.io/" + version);
        list.putObject("metadata");
        ArrayNode items = list.putArray("items");
        for (String group : groupNames()) {
            if (group.isEmpty() == core) {
                ObjectNode item = items.addObject();
                ObjectNode metadata = item.putObject("metadata");
                if (!group.isEmpty()) {
                    metadata.put("name", group);
                }
                metadata.putNull("creationTimestamp");
                ArrayNode versions = item.putArray("versions");
                versions(group).forEach(each -> versions.add(aggregatedVersion(group, each)));
            }
        }
        return list;
    }

    private ObjectNode aggregatedVersion(String group, String version) {
        ObjectNode node = NODES.objectNode();
        node.put("version", version);
        ArrayNode array = node.putArray("resources");
        in(group, version).forEach(resource -> array.add(aggregatedResource(resource)));
        node.put("freshness", "Current");
        return node;
    }

    private static ObjectNode aggregatedResource(ServedResource resource) {
        ObjectNode node = NODES.objectNode();
        node.put("resource", resource.plural());
        node.set("responseKind", kind(resource.group(), resource.version(), resource.kind()));
        node.put("scope", resource.namespaced() ? "Namespaced" : "Cluster");
        node.put("singularResource", resource.singular());
        putNames(node, "verbs", resource.verbs());
        putNames(node, "shortNames", resource.shortNames());
        putNames(node, "categories", resource.categories());
        if (!resource.parts().isEmpty()) {
            ArrayNode parts = node.putArray("subresources");
            for (ServedResource.Part part : resource.parts()) {
                ObjectNode child = parts.addObject();
                child.put("subresource", part.name());
                child.set("responseKind", kind(part.group(), part.version(), part.kind()));
                putNames(child, "verbs", part.verbs());
            }
        }
        return node;
    }

    private static ObjectNode kind(String group, String version, String kind) {
        return NODES.objectNode().put("group", group).put("version", version).put("kind", kind);
    }

    private static ObjectNode resource(ServedResource resource) {
        ObjectNode node = NODES.objectNode();
        node.put("name", resource.plural());
        node.put("singularName", resource.singular());
        node.put("namespaced", resource.namespaced());
        node.put("kind", resource.kind());
        node.set("verbs", names(resource.verbs()));
        putNames(node, "shortNames", resource.shortNames());
        putNames(node, "categories", resource.categories());
        return node;
    }

    private static ObjectNode part(ServedResource resource, ServedResource.Part part) {
        ObjectNode node = NODES.objectNode();
        node.put("name", resource.plural() + "/" + part.name());
        node.put("singularName", "");
        node.put("namespaced", resource.namespaced());
        if (!part.group().equals(resource.group()) || !part.version().equals(resource.version())) {
            node.put("group", part.group());
            node.put("version", part.version());
        }
        node.put("kind", part.kind());
        node.set("verbs", names(part.verbs()));
        return node;
    }

    private ObjectNode groupBody(String name) {
        ObjectNode group = NODES.objectNode();
        group.put("name", name);
        ArrayNode versions = group.putArray("versions");
        versions(name).forEach(version -> versions.add(groupVersion(name, version)));
        group.set("preferredVersion", versions.get(0).deepCopy());
        return group;
    }

    private static ObjectNode groupVersion(String group, String version) {
        return NODES.objectNode().put("groupVersion", group + "/" + version).put("version", version);
    }

    private Set<String> groupNames() {
        Set<String> names = new LinkedHashSet<>();
        resources.forEach(resource -> names.add(resource.group()));
        return names;
    }

    /** The versions of a group, the preferred one first. */
    private Set<String> versions(String group) {
        Set<String> versions = new LinkedHashSet<>();
        resources.stream()
                .filter(resource -> resource.group().equals(group))
                .forEach(resource -> versions.add(resource.version()));
        return versions;
    }

    private List<ServedResource> in(String group, String version) {
        return resources.stream()
                .filter(resource ->
                        resource.group().equals(group) && resource.version().equals(version))
                .toList();
    }

    private static void putNames(ObjectNode node, String field, List<String> names) {
        if (!names.isEmpty()) {
            node.set(field, names(names));
        }
    }

    private static ArrayNode names(List<String> names) {
        ArrayNode array = NODES.arrayNode();
        names.forEach(array::add);
        return array;
    }

    private static ObjectNode document(String kind, String apiVersion) {
        ObjectNode document = NODES.objectNode();
        document.put("kind", kind);
        if (!apiVersion.isEmpty()) {
            document.put("apiVersion", apiVersion);
        }
        return document;
    }
}
