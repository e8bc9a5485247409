package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What endpoints need to know of a Service.
 *
 * @param selector empty for a Service whose endpoints are written by others
 * @param external whether it is only a name for something outside (type {@code ExternalName})
 * @param families in order, the primary one first; never empty
 * @param hints which hints its endpoints get
 * @param emptying whether it waits for the garbage collector to remove what belongs to it (foreground deletion)
 */
record ServiceRecord(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        Map<String, String> selector,
        boolean external,
        boolean headless,
        boolean publishNotReady,
        List<String> families,
        Hints hints,
        boolean emptying,
        List<Port> ports) {

    /**
     * @param targetName empty where the target is a number
     * @param targetNumber where the Pods listen, for a target that is not a name
     */
    record Port(String name, String protocol, String targetName, int targetNumber, String appProtocol) {}

    /** Rule EPS-8. */
    enum Hints {
        NONE,
        /** All to their own zone. */
        ZONE,
        /** All to their own node and zone. */
        NODE,
        /** In proportion to the CPUs of the zones: {@link ZoneAllocation}. */
        AUTO
    }

    /** Whether its endpoints are made from Pods. */
    boolean selects() {
        return !selector.isEmpty() && !external;
    }

    boolean selects(PodRecord pod) {
        return selects() && pod.labels().entrySet().containsAll(selector.entrySet());
    }

    /** @param json the Service as a tree, which is only read */
    static ServiceRecord parse(Resource service, JsonNode json) {
        JsonNode spec = json.path("spec");
        List<Port> ports = new ArrayList<>();
        spec.path("ports").forEach(port -> ports.add(port(port)));
        boolean headless = spec.path("clusterIP").asText("").equals("None");
        return new ServiceRecord(
                service.key().namespace(),
                service.key().name(),
                service.uid(),
                service.labels(),
                Map.copyOf(SliceContent.texts(spec.path("selector"))),
                spec.path("type").asText("").equals("ExternalName"),
                headless,
                spec.path("publishNotReadyAddresses").asBoolean(false),
                families(spec),
                hints(json),
                emptying(json.path("metadata")),
                List.copyOf(ports));
    }

    private static boolean emptying(JsonNode metadata) {
        if (metadata.hasNonNull("deletionTimestamp")) {
            for (JsonNode finalizer : metadata.path("finalizers")) {
                if (finalizer.asText().equals("foregroundDeletion")) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Port port(JsonNode json) {
        JsonNode target = json.path("targetPort");
        int number = json.path("port").asInt(0);
        String name = "";
        if (target.isNumber() && target.asInt() != 0) {
            number = target.asInt();
        } else if (target.isTextual()) {
            name = target.asText();
        }
        return new Port(
                json.path("name").asText(""),
                json.path("protocol").asText("TCP"),
                name,
                number,
                json.path("appProtocol").asText(""));
    }

    /** Before an address is allocated the families may be unsaid; then what the addresses say, or IPv4. */
    private static List<String> families(JsonNode spec) {
        List<String> families = new ArrayList<>(2);
        spec.path("ipFamilies").forEach(family -> families.add(family.asText("")));
        if (families.isEmpty()) {
            String ip = spec.path("clusterIP").asText("");
            families.add(EndpointTypes.familyOf(ip));
        }
        return List.copyOf(families);
    }

    /**
     * The annotation wins over the field for as long as both exist (rule EPS-8), also where its mode {@code Auto} then finds
     * too little to give hints.
     */
    private static Hints hints(JsonNode json) {
        JsonNode annotations = json.path("metadata").path("annotations");
        String mode = annotations.path("service.kubernetes.io/topology-mode").asText("");
        String older =
                annotations.path("service.kubernetes.io/topology-aware-hints").asText("");
        String told = mode.isEmpty() ? older : mode; // admission lets them only be the same
        if (told.equals("Auto") || told.equals("auto")) {
            return Hints.AUTO;
        }
        String distribution = json.path("spec").path("trafficDistribution").asText("");
        if (distribution.equals("PreferSameNode")) {
            return Hints.NODE;
        }
        return distribution.equals("PreferClose") || distribution.equals("PreferSameZone") ? Hints.ZONE : Hints.NONE;
    }
}
