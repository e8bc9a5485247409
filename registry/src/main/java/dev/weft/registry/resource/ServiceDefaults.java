package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Fills in what the writer of a Service left open: SVC-1 to SVC-5. */
final class ServiceDefaults {
    private static final int AFFINITY_SECONDS = 10800;

    private final List<IpAddress.Family> families;

    /** Makes the defaults of a cluster with these families, its default one first. */
    ServiceDefaults(List<IpAddress.Family> families) {
        this.families = families;
    }

    void apply(ObjectNode service) {
        ObjectNode spec = Trees.object(service, "spec");
        Trees.putDefault(spec, "sessionAffinity", "None");
        affinity(spec);
        Trees.putDefault(spec, "type", "ClusterIP");
        ports(spec);
        policies(spec);
        if (Trees.text(spec, "type").equals("LoadBalancer")) {
            Trees.putDefault(spec, "allocateLoadBalancerNodePorts", true);
            ipModes(service);
        }
        if (ServiceRules.needsClusterIp(spec)) {
            if (Trees.present(spec, "clusterIP") && !Trees.present(spec, "clusterIPs")) {
                spec.putArray("clusterIPs").add(Trees.text(spec, "clusterIP"));
            }
            families(spec);
        }
        Trees.object(Trees.object(service, "status"), "loadBalancer");
    }

    private static void affinity(ObjectNode spec) {
        String affinity = Trees.text(spec, "sessionAffinity");
        if (affinity.equals("None")) {
            spec.remove("sessionAffinityConfig");
        } else if (affinity.equals("ClientIP")) {
            ObjectNode clientIp = Trees.object(Trees.object(spec, "sessionAffinityConfig"), "clientIP");
            Trees.putDefault(clientIp, "timeoutSeconds", AFFINITY_SECONDS);
        }
    }

    private static void ports(ObjectNode spec) {
        for (JsonNode each : spec.path("ports")) {
            if (each instanceof ObjectNode port) {
                Trees.putDefault(port, "protocol", "TCP");
                JsonNode target = Trees.at(port, "targetPort");
                boolean open = target.isMissingNode()
                        || target.asText().isEmpty()
                        || (target.isIntegralNumber() && target.asInt() == 0);
                if (open && port.has("port")) {
                    port.set("targetPort", port.get("port"));
                }
                if (Trees.integer(port, -1, "nodePort") == 0) {
                    port.remove("nodePort");
                }
            }
        }
    }

    private static void policies(ObjectNode spec) {
        if (ServiceRules.isExternallyAccessible(spec)) {
            Trees.putDefault(spec, "externalTrafficPolicy", "Cluster");
        }
        if (ServiceRules.needsClusterIp(spec)) {
            Trees.putDefault(spec, "internalTrafficPolicy", "Cluster");
        }
    }

    private static void ipModes(ObjectNode service) {
        for (JsonNode ingress : Trees.at(service, "status", "loadBalancer", "ingress")) {
            if (ingress instanceof ObjectNode object && Trees.present(object, "ip")) {
                Trees.putDefault(object, "ipMode", "VIP");
            }
        }
    }

    /** One family unless asked for more; the addresses that are wished for decide which. */
    private void families(ObjectNode spec) {
        List<String> chosen = new ArrayList<>();
        Trees.at(spec, "ipFamilies").forEach(family -> chosen.add(family.asText()));
        for (JsonNode ip : Trees.at(spec, "clusterIPs")) {
            if (chosen.size() < Trees.at(spec, "clusterIPs").size()) {
                IpAddress.parse(ip.asText())
                        .map(address -> address.family().name())
                        .filter(family -> !chosen.contains(family))
                        .ifPresent(chosen::add);
            }
        }
        boolean nowhere = ServiceRules.isHeadless(spec) && !Trees.present(spec, "selector");
        if (!Trees.present(spec, "ipFamilyPolicy")) {
            spec.put("ipFamilyPolicy", nowhere ? "RequireDualStack" : "SingleStack");
        }
        boolean dual = !Trees.text(spec, "ipFamilyPolicy").equals("SingleStack");
        if (chosen.isEmpty()) {
            chosen.add(families.get(0).name());
        }
        if (dual && chosen.size() == 1) {
            for (IpAddress.Family other : IpAddress.Family.values()) {
                if ((nowhere || families.contains(other)) && !chosen.contains(other.name())) {
                    chosen.add(other.name());
                }
            }
        }
        ArrayNode list = Trees.array(chosen);
        spec.set("ipFamilies", list);
    }
}
