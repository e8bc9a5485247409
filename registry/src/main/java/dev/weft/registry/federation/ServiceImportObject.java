package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.federation.Conditions.Condition;
import dev.weft.registry.wire.ExportRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A ServiceImport as JSON (rules MCS-4, MCS-5, MCS-11, MCS-12, MCS-14). Pure. */
final class ServiceImportObject {
    /** The condition that says whether all exporters make progress. */
    static final String FRESH = "mesh.weft.dev/Fresh";

    private static final List<String> ESSENCE = List.of("labels", "annotations", "spec", "status");

    private ServiceImportObject() {}

    /**
     * The whole object.
     *
     * @param addresses by family; for a headless Service none
     * @param conditions what it is to say of itself
     * @param present what {@link #essence} says of the stored one, for the times of its conditions
     */
    static ObjectNode of(
            ExportName name,
            ImportedService imported,
            Map<String, String> addresses,
            List<Condition> conditions,
            JsonNode present,
            Instant now) {
        ExportRecord.Service winner = imported.winner();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("apiVersion", FederationTypes.GROUP + "/v1beta1");
        json.put("kind", "ServiceImport");
        ObjectNode metadata = json.putObject("metadata");
        metadata.put("name", name.name());
        metadata.put("namespace", name.namespace());
        putTexts(metadata, "labels", winner.labels());
        putTexts(metadata, "annotations", winner.annotations());
        ObjectNode spec = json.putObject("spec");
        putPorts(spec.putArray("ports"), imported.ports());
        if (!winner.headless() && !addresses.isEmpty()) {
            ArrayNode ips = spec.putArray("ips");
            winner.ipFamilies().stream()
                    .filter(addresses::containsKey)
                    .forEach(family -> ips.add(addresses.get(family)));
        }
        spec.put("type", winner.headless() ? "Headless" : "ClusterSetIP");
        spec.put("sessionAffinity", winner.sessionAffinity());
        if (winner.affinityTimeoutSeconds() > 0) {
            spec.putObject("sessionAffinityConfig")
                    .putObject("clientIP")
                    .put("timeoutSeconds", winner.affinityTimeoutSeconds());
        }
        ArrayNode families = spec.putArray("ipFamilies");
        winner.ipFamilies().stream()
                .filter(family -> winner.headless() || addresses.isEmpty() || addresses.containsKey(family))
                .forEach(families::add);
        putText(spec, "internalTrafficPolicy", winner.internalTrafficPolicy());
        putText(spec, "trafficDistribution", winner.trafficDistribution());
        ObjectNode status = json.putObject("status");
        status.put("endpointSliceObjects", "Present"); // rule MCS-16
        ArrayNode clusters = status.putArray("clusters");
        imported.clusters().forEach(cluster -> clusters.addObject().put("cluster", cluster));
        status.set("conditions", Conditions.merge(present.path("status").path("conditions"), conditions, now));
        return json;
    }

    /** The parts by which two versions are compared: all that this room writes. */
    static ObjectNode essence(JsonNode object) {
        ObjectNode essence = JsonNodeFactory.instance.objectNode();
        for (String field : ESSENCE) {
            JsonNode inMetadata = object.path("metadata").path(field);
            JsonNode part = inMetadata.isMissingNode() ? object.path(field) : inMetadata;
            if (!part.isMissingNode()) {
                essence.set(field, part.deepCopy());
            }
        }
        return essence;
    }

    /** The addresses of a stored one, by family. */
    static Map<String, String> addresses(JsonNode essence) {
        Map<String, String> addresses = new TreeMap<>();
        for (JsonNode ip : essence.path("spec").path("ips")) {
            String address = ip.asText("");
            addresses.put(address.indexOf(':') >= 0 ? "IPv6" : "IPv4", address);
        }
        return addresses;
    }

    private static void putPorts(ArrayNode list, List<ExportRecord.Port> ports) {
        for (ExportRecord.Port port : ports) {
            ObjectNode json = list.addObject();
            putText(json, "name", port.name());
            json.put("protocol", port.protocol());
            putText(json, "appProtocol", port.appProtocol());
            json.put("port", port.port());
        }
    }

    private static void putTexts(ObjectNode metadata, String field, Map<String, String> texts) {
        if (!texts.isEmpty()) {
            ObjectNode map = metadata.putObject(field);
            new TreeMap<>(texts).forEach(map::put);
        }
    }

    private static void putText(ObjectNode json, String field, String value) {
        if (!value.isEmpty()) {
            json.put(field, value);
        }
    }
}
