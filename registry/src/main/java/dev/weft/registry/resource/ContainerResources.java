package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** What a container asks for and what it may not exceed, by the rules of Kubernetes. */
final class ContainerResources {
    private ContainerResources() {}

    /** A limit without a wish is the wish; only in a Pod of its own. */
    static void applyDefaults(JsonNode container) {
        if (container.path("resources") instanceof ObjectNode resources
                && resources.path("limits") instanceof ObjectNode limits
                && !limits.isEmpty()) {
            ObjectNode requests = Trees.object(resources, "requests");
            limits.properties().forEach(limit -> requests.putIfAbsent(limit.getKey(), limit.getValue()));
        }
    }

    /** @param path of the container */
    static void validate(JsonNode container, String path, List<FieldError> faults) {
        JsonNode limits = Trees.at(container, "resources", "limits");
        JsonNode requests = Trees.at(container, "resources", "requests");
        notNegative(limits, path + ".resources.limits", faults);
        notNegative(requests, path + ".resources.requests", faults);
        String at = path + ".resources.requests";
        for (Map.Entry<String, JsonNode> request : requests.properties()) {
            String name = request.getKey();
            boolean shared = isShared(name);
            String asked = request.getValue().asText();
            if (!Trees.has(limits, name)) {
                if (!shared) {
                    faults.add(FieldError.required(
                            path + ".resources.limits", "Limit must be set for non overcommitable resources"));
                }
                continue;
            }
            String limit = limits.path(name).asText();
            int order = Quantities.compare(asked, limit);
            if (!shared && order != 0) {
                faults.add(FieldError.invalid(at, asked, "must be equal to " + name + " limit of " + limit));
            } else if (order > 0) {
                faults.add(
                        FieldError.invalid(at, asked, "must be less than or equal to " + name + " limit of " + limit));
            }
        }
    }

    /** Of what Kubernetes knows itself, huge pages apart, a node may promise more than it has; else the wish must be the limit. */
    private static boolean isShared(String resource) {
        boolean known = !resource.contains("/") || resource.contains("kubernetes.io/");
        return known && !resource.startsWith("hugepages-");
    }

    private static void notNegative(JsonNode amounts, String path, List<FieldError> faults) {
        for (Map.Entry<String, JsonNode> amount : amounts.properties()) {
            String value = amount.getValue().asText();
            if (Quantities.compare(value, "0") < 0) {
                faults.add(FieldError.invalid(
                        path + "[" + amount.getKey() + "]", value, "must be greater than or equal to 0"));
            }
        }
    }
}
