package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an EndpointSlice says, as a value: equal contents say the same.
 *
 * @param addressType {@code IPv4}, {@code IPv6} or {@code FQDN}
 * @param annotations without the one that carries the weights of endpoints
 * @param owners the owner references, as far as they matter here
 */
public record SliceContent(
        String addressType,
        List<EndpointPort> ports,
        List<SliceEndpoint> endpoints,
        Map<String, String> labels,
        Map<String, String> annotations,
        List<Owner> owners) {
    public SliceContent {
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
        owners = List.copyOf(owners);
    }

    /** The object whose deletion takes the slice with it. */
    public record Owner(String apiVersion, String kind, String name, String uid) {}

    /** Reads a stored slice. */
    public static SliceContent parse(Resource slice) {
        return parse(slice.json().toTree(), slice.labels());
    }

    /** @param json the slice as a tree, which is only read */
    static SliceContent parse(JsonNode json, Map<String, String> labels) {
        List<EndpointPort> ports = new ArrayList<>();
        json.path("ports").forEach(port -> ports.add(EndpointPort.parse(port)));
        List<SliceEndpoint> endpoints = new ArrayList<>();
        JsonNode metadata = json.path("metadata");
        Map<String, String> annotations = texts(metadata.path("annotations"));
        Map<String, Integer> weights = EndpointWeights.byAddress(annotations.remove(EndpointWeights.BY_ADDRESS));
        json.path("endpoints").forEach(each -> {
            SliceEndpoint endpoint = SliceEndpoint.parse(each);
            endpoints.add(endpoint.weighing(weights.get(endpoint.address())));
        });
        List<Owner> owners = new ArrayList<>();
        metadata.path("ownerReferences")
                .forEach(owner -> owners.add(new Owner(
                        owner.path("apiVersion").asText(""),
                        owner.path("kind").asText(""),
                        owner.path("name").asText(""),
                        owner.path("uid").asText(""))));
        return new SliceContent(json.path("addressType").asText(""), ports, endpoints, labels, annotations, owners);
    }

    /** The whole object, in the storage version, without what the shard adds. */
    public ObjectNode toObject(ResourceKey key, String generateName) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("apiVersion", "discovery.k8s.io/v1");
        json.put("kind", "EndpointSlice");
        ObjectNode metadata = json.putObject("metadata");
        metadata.put("name", key.name());
        if (!generateName.isEmpty()) {
            metadata.put("generateName", generateName);
        }
        metadata.put("namespace", key.namespace());
        putTexts(metadata, "labels", labels);
        Map<String, String> told = new HashMap<>(annotations);
        String weights = EndpointWeights.text(endpoints);
        if (!weights.isEmpty()) {
            told.put(EndpointWeights.BY_ADDRESS, weights);
        }
        putTexts(metadata, "annotations", told);
        if (!owners.isEmpty()) {
            ArrayNode references = metadata.putArray("ownerReferences");
            owners.forEach(owner -> references
                    .addObject()
                    .put("apiVersion", owner.apiVersion())
                    .put("kind", owner.kind())
                    .put("name", owner.name())
                    .put("uid", owner.uid())
                    .put("controller", true)
                    .put("blockOwnerDeletion", true));
        }
        json.put("addressType", addressType);
        ArrayNode endpointList = json.putArray("endpoints");
        endpoints.forEach(endpoint -> endpoint.writeTo(endpointList.addObject()));
        ArrayNode portList = json.putArray("ports");
        ports.forEach(port -> port.writeTo(portList.addObject()));
        return json;
    }

    /** The weight of an endpoint, its own or that of the whole slice; null where neither was given. */
    public @Nullable Integer weightOf(SliceEndpoint endpoint) {
        Integer own = endpoint.weight();
        return own != null ? own : EndpointWeights.parse(annotations.get(EndpointWeights.WEIGHT));
    }

    static Map<String, String> texts(JsonNode map) {
        Map<String, String> found = new HashMap<>();
        map.properties()
                .forEach(entry -> found.put(entry.getKey(), entry.getValue().asText("")));
        return found;
    }

    static void putTexts(ObjectNode metadata, String field, Map<String, String> texts) {
        if (!texts.isEmpty()) {
            ObjectNode map = metadata.putObject(field);
            new TreeMap<>(texts).forEach(map::put);
        }
    }
}
