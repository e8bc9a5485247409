package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What endpoints need to know of a Pod; its JSON is read once a change. Texts are empty where the field is absent.
 *
 * @param ready its Ready condition
 * @param terminating whether it is marked for deletion
 * @param weight its share of the traffic by its annotation, 0 to 65535; null without one
 * @param finished whether its phase says that it will never run again
 * @param ports the named ports of its containers, then of its restartable init containers (rule EPS-6)
 */
record PodRecord(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        List<String> ips,
        String nodeName,
        String zone,
        String hostname,
        String subdomain,
        boolean ready,
        boolean terminating,
        boolean finished,
        @Nullable Integer weight,
        List<NamedPort> ports) {

    record NamedPort(String name, String protocol, int number) {}

    static PodRecord parse(Resource pod) {
        JsonNode json = pod.json().toTree();
        JsonNode metadata = json.path("metadata");
        JsonNode spec = json.path("spec");
        JsonNode status = json.path("status");
        String phase = status.path("phase").asText("");
        String zone = pod.labels().getOrDefault(EndpointTypes.ZONE, "");
        return new PodRecord(
                pod.key().namespace(),
                pod.key().name(),
                pod.uid(),
                pod.labels(),
                ips(status),
                spec.path("nodeName").asText(""),
                zone.isEmpty()
                        ? metadata.path("annotations").path(EndpointTypes.ZONE).asText("")
                        : zone,
                spec.path("hostname").asText(""),
                spec.path("subdomain").asText(""),
                ready(status),
                metadata.hasNonNull("deletionTimestamp"),
                phase.equals("Succeeded") || phase.equals("Failed"),
                EndpointWeights.parse(metadata.path("annotations")
                        .path(EndpointWeights.WEIGHT)
                        .asText("")),
                ports(spec));
    }

    /** The Pod's address of a family; empty if it has none. */
    String address(String family) {
        for (String ip : ips) {
            if (EndpointTypes.familyOf(ip).equals(family)) {
                return ip;
            }
        }
        return "";
    }

    /** The number behind a port's name; 0 if this Pod has no such port. */
    int portNamed(String wanted, String protocol) {
        for (NamedPort port : ports) {
            if (port.name().equals(wanted) && port.protocol().equals(protocol)) {
                return port.number();
            }
        }
        return 0;
    }

    private static List<String> ips(JsonNode status) {
        List<String> ips = new ArrayList<>(2);
        status.path("podIPs").forEach(each -> addIp(ips, each.path("ip").asText("")));
        if (ips.isEmpty()) {
            addIp(ips, status.path("podIP").asText(""));
        }
        return List.copyOf(ips);
    }

    private static void addIp(List<String> ips, String ip) {
        if (!ip.isEmpty()) {
            ips.add(ip);
        }
    }

    private static boolean ready(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText("").equals("Ready")) {
                return condition.path("status").asText("").equals("True");
            }
        }
        return false;
    }

    private static List<NamedPort> ports(JsonNode spec) {
        List<NamedPort> found = new ArrayList<>();
        spec.path("containers").forEach(container -> addPorts(found, container));
        for (JsonNode container : spec.path("initContainers")) {
            if (container.path("restartPolicy").asText("").equals("Always")) {
                addPorts(found, container);
            }
        }
        return List.copyOf(found);
    }

    private static void addPorts(List<NamedPort> found, JsonNode container) {
        for (JsonNode port : container.path("ports")) {
            String name = port.path("name").asText("");
            if (!name.isEmpty()) {
                found.add(new NamedPort(
                        name,
                        port.path("protocol").asText("TCP"),
                        port.path("containerPort").asInt(0)));
            }
        }
    }
}
