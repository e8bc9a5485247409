package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of a slice. Texts are empty where the field is absent.
 *
 * @param addresses at least one, all of the same endpoint
 * @param ready null where it was not said; read it as true (rule EPS-2)
 * @param serving null where it was not said; read it as true
 * @param terminating null where it was not said; read it as false
 * @param target what stands behind it; null where that was not said
 * @param forZones the zones that should prefer it; empty without a hint
 * @param forNodes the nodes that should prefer it; empty without a hint
 * @param weight its share of the traffic relative to others, 0 to 65535; null where none was given, read it as 1. It
 *     stands in an annotation of the slice ({@link EndpointWeights})
 */
public record SliceEndpoint(
        List<String> addresses,
        @Nullable Boolean ready,
        @Nullable Boolean serving,
        @Nullable Boolean terminating,
        String hostname,
        String nodeName,
        String zone,
        @Nullable Target target,
        List<String> forZones,
        List<String> forNodes,
        @Nullable Integer weight) {
    /** One without a weight of its own. */
    public SliceEndpoint(
            List<String> addresses,
            @Nullable Boolean ready,
            @Nullable Boolean serving,
            @Nullable Boolean terminating,
            String hostname,
            String nodeName,
            String zone,
            @Nullable Target target,
            List<String> forZones,
            List<String> forNodes) {
        this(addresses, ready, serving, terminating, hostname, nodeName, zone, target, forZones, forNodes, null);
    }

    public SliceEndpoint {
        addresses = List.copyOf(addresses);
        forZones = List.copyOf(forZones);
        forNodes = List.copyOf(forNodes);
    }

    /** The object behind an endpoint, usually a Pod. */
    public record Target(String kind, String namespace, String name, String uid) {}

    /** The address that proxies use (rule EPS-7); empty where there is none. */
    public String address() {
        return addresses.isEmpty() ? "" : addresses.get(0);
    }

    static SliceEndpoint parse(JsonNode json) {
        JsonNode conditions = json.path("conditions");
        JsonNode target = json.path("targetRef");
        return new SliceEndpoint(
                texts(json.path("addresses"), ""),
                flag(conditions.path("ready")),
                flag(conditions.path("serving")),
                flag(conditions.path("terminating")),
                json.path("hostname").asText(""),
                json.path("nodeName").asText(""),
                json.path("zone").asText(""),
                target.isObject()
                        ? new Target(
                                target.path("kind").asText(""),
                                target.path("namespace").asText(""),
                                target.path("name").asText(""),
                                target.path("uid").asText(""))
                        : null,
                texts(json.path("hints").path("forZones"), "name"),
                texts(json.path("hints").path("forNodes"), "name"));
    }

    /** The same with another weight. */
    SliceEndpoint weighing(@Nullable Integer other) {
        return new SliceEndpoint(
                addresses, ready, serving, terminating, hostname, nodeName, zone, target, forZones, forNodes, other);
    }

    /** The same, hinted to one zone and no node. */
    SliceEndpoint hintedTo(String other) {
        return new SliceEndpoint(
                addresses,
                ready,
                serving,
                terminating,
                hostname,
                nodeName,
                zone,
                target,
                List.of(other),
                List.of(),
                weight);
    }

    void writeTo(ObjectNode json) {
        ArrayNode addressList = json.putArray("addresses");
        addresses.forEach(addressList::add);
        ObjectNode conditions = json.putObject("conditions");
        put(conditions, "ready", ready);
        put(conditions, "serving", serving);
        put(conditions, "terminating", terminating);
        writeIdentity(json);
        put(json, "zone", zone);
        if (!forZones.isEmpty() || !forNodes.isEmpty()) {
            ObjectNode hints = json.putObject("hints");
            putNames(hints, "forZones", forZones);
            putNames(hints, "forNodes", forNodes);
        }
    }

    /** Writes what slices and Endpoints objects say alike. */
    void writeIdentity(ObjectNode json) {
        put(json, "hostname", hostname);
        put(json, "nodeName", nodeName);
        Target behind = target;
        if (behind != null) {
            ObjectNode ref = json.putObject("targetRef");
            put(ref, "kind", behind.kind());
            put(ref, "namespace", behind.namespace());
            put(ref, "name", behind.name());
            put(ref, "uid", behind.uid());
        }
    }

    private static void putNames(ObjectNode hints, String field, List<String> names) {
        if (!names.isEmpty()) {
            ArrayNode list = hints.putArray(field);
            names.forEach(name -> list.addObject().put("name", name));
        }
    }

    private static void put(ObjectNode json, String field, String value) {
        if (!value.isEmpty()) {
            json.put(field, value);
        }
    }

    private static void put(ObjectNode json, String field, @Nullable Boolean value) {
        if (value != null) {
            json.put(field, value);
        }
    }

    private static @Nullable Boolean flag(JsonNode json) {
        return json.isBoolean() ? Boolean.valueOf(json.booleanValue()) : null;
    }

    private static List<String> texts(JsonNode list, String field) {
        List<String> found = new ArrayList<>(list.size());
        list.forEach(each -> found.add((field.isEmpty() ? each : each.path(field)).asText("")));
        return found;
    }
}
