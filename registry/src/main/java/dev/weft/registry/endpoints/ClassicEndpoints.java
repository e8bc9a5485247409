package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an Endpoints object says, as a value: the older form of EndpointSlices, one object a Service, cut at 1,000
 * addresses.
 *
 * @param truncated whether addresses were left out
 */
record ClassicEndpoints(Map<String, String> labels, boolean truncated, List<Subset> subsets) {
    /** Kubernetes leaves out what goes beyond, and says so with an annotation. */
    static final int CAPACITY = 1_000;

    /** Addresses that share their ports. */
    record Subset(List<SliceEndpoint> ready, List<SliceEndpoint> notReady, List<EndpointPort> ports) {}

    /** From the Pods that a Service selects, in their order. Only the primary family appears here. */
    static ClassicEndpoints of(ServiceRecord service, Collection<PodRecord> pods) {
        List<PodRecord> ready = new ArrayList<>();
        List<PodRecord> notReady = new ArrayList<>();
        for (PodRecord pod : pods) {
            boolean leaving = pod.terminating() && !service.publishNotReady();
            if (!pod.finished() && !leaving && !pod.address(primary(service)).isEmpty()) {
                (pod.ready() || service.publishNotReady() ? ready : notReady).add(pod);
            }
        }
        int kept = Math.min(ready.size(), CAPACITY);
        int keptNotReady = Math.min(notReady.size(), CAPACITY - kept);
        Map<List<EndpointPort>, Subset> byPorts = new LinkedHashMap<>();
        ready.subList(0, kept).forEach(pod -> add(byPorts, service, pod, true));
        notReady.subList(0, keptNotReady).forEach(pod -> add(byPorts, service, pod, false));
        boolean truncated = ready.size() + notReady.size() > CAPACITY;
        return new ClassicEndpoints(labels(service), truncated, inOrder(byPorts.values()));
    }

    private static String primary(ServiceRecord service) {
        return service.families().get(0);
    }

    private static void add(
            Map<List<EndpointPort>, Subset> byPorts, ServiceRecord service, PodRecord pod, boolean ready) {
        List<EndpointPort> ports = PodEndpoints.ports(service, pod);
        if (ports.isEmpty() && !service.ports().isEmpty()) {
            return; // a Pod without any of the named ports stands in no subset
        }
        Subset subset = byPorts.computeIfAbsent(ports, same -> new Subset(new ArrayList<>(), new ArrayList<>(), same));
        SliceEndpoint address = new SliceEndpoint(
                List.of(pod.address(primary(service))),
                null,
                null,
                null,
                PodEndpoints.hostname(service, pod),
                pod.nodeName(),
                "",
                new SliceEndpoint.Target("Pod", pod.namespace(), pod.name(), pod.uid()),
                List.of(),
                List.of());
        (ready ? subset.ready() : subset.notReady()).add(address);
    }

    private static Map<String, String> labels(ServiceRecord service) {
        Map<String, String> labels = new HashMap<>(service.labels());
        labels.remove(EndpointTypes.HEADLESS);
        if (service.headless()) {
            labels.put(EndpointTypes.HEADLESS, "");
        }
        labels.put(EndpointTypes.ENDPOINTS_MANAGED_BY, EndpointTypes.ENDPOINTS_CONTROLLER);
        return Map.copyOf(labels);
    }

    private static List<Subset> inOrder(Collection<Subset> subsets) {
        Map<String, Subset> byText = new TreeMap<>();
        subsets.forEach(subset -> byText.put(subset.ports().toString(), subset));
        return List.copyOf(byText.values());
    }

    /** Reads a stored object. */
    /** @param json the object as a tree, which is only read */
    static ClassicEndpoints parse(Resource endpoints, JsonNode json) {
        List<Subset> subsets = new ArrayList<>();
        for (JsonNode subset : json.path("subsets")) {
            List<EndpointPort> ports = new ArrayList<>();
            subset.path("ports").forEach(port -> ports.add(EndpointPort.parse(port)));
            subsets.add(new Subset(
                    addresses(subset.path("addresses")), addresses(subset.path("notReadyAddresses")), ports));
        }
        boolean truncated = json.path("metadata")
                .path("annotations")
                .path(EndpointTypes.OVER_CAPACITY)
                .asText("")
                .equals("truncated");
        return new ClassicEndpoints(endpoints.labels(), truncated, subsets);
    }

    private static List<SliceEndpoint> addresses(JsonNode list) {
        List<SliceEndpoint> addresses = new ArrayList<>(list.size());
        for (JsonNode json : list) {
            JsonNode target = json.path("targetRef");
            addresses.add(new SliceEndpoint(
                    List.of(json.path("ip").asText("")),
                    null,
                    null,
                    null,
                    json.path("hostname").asText(""),
                    json.path("nodeName").asText(""),
                    "",
                    target.isObject()
                            ? new SliceEndpoint.Target(
                                    target.path("kind").asText(""),
                                    target.path("namespace").asText(""),
                                    target.path("name").asText(""),
                                    target.path("uid").asText(""))
                            : null,
                    List.of(),
                    List.of()));
        }
        return addresses;
    }

    /** The whole object, without what the shard adds. */
    ObjectNode toObject(ResourceKey key) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("apiVersion", "v1");
        json.put("kind", "Endpoints");
        ObjectNode metadata = json.putObject("metadata");
        metadata.put("name", key.name());
        metadata.put("namespace", key.namespace());
        SliceContent.putTexts(metadata, "labels", labels);
        if (truncated) {
            metadata.putObject("annotations").put(EndpointTypes.OVER_CAPACITY, "truncated");
        }
        if (!subsets.isEmpty()) {
            ArrayNode list = json.putArray("subsets");
            subsets.forEach(subset -> write(subset, list.addObject()));
        }
        return json;
    }

    private static void write(Subset subset, ObjectNode json) {
        putAddresses(json, "addresses", subset.ready());
        putAddresses(json, "notReadyAddresses", subset.notReady());
        if (!subset.ports().isEmpty()) {
            ArrayNode ports = json.putArray("ports");
            for (EndpointPort port : subset.ports()) {
                ObjectNode entry = ports.addObject();
                port.writeTo(entry);
                if (port.name().isEmpty()) {
                    entry.remove("name"); // here the name of an unnamed port is absent, in slices it is empty
                }
            }
        }
    }

    private static void putAddresses(ObjectNode json, String field, List<SliceEndpoint> addresses) {
        if (addresses.isEmpty()) {
            return;
        }
        ArrayNode list = json.putArray(field);
        for (SliceEndpoint address : addresses) {
            ObjectNode entry = list.addObject();
            entry.put("ip", address.address());
            address.writeIdentity(entry);
        }
    }
}
