package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The step from one Service to the next: what was allocated stays, what a new type has no use for goes (SVC-15). */
final class ServiceUpdate {
    private ServiceUpdate() {}

    static void carryOver(ObjectNode next, JsonNode old) {
        Trees.putDefault(next, "type", "ClusterIP");
        syncClusterIps(next, old);
        boolean address = ServiceRules.needsClusterIp(old);
        if (address && ServiceRules.needsClusterIp(next)) {
            keepClusterIps(next, old);
            dropSecondary(next, old);
        } else if (address && Trees.sameAt(next, old, "clusterIP") && Trees.sameAt(next, old, "clusterIPs")) {
            next.remove(List.of("clusterIP", "clusterIPs"));
        }
        if (address && !ServiceRules.needsClusterIp(next)) {
            dropIfSame(next, old, List.of("ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"));
        }
        if (ServiceRules.needsNodePort(old) && ServiceRules.needsNodePort(next)) {
            keepNodePorts(next, old);
        } else if (ServiceRules.needsNodePort(old) && sameNodePorts(next, old)) {
            next.path("ports").forEach(port -> ((ObjectNode) port).remove("nodePort"));
        }
        if (ServiceRules.needsHealthCheckPort(old)) {
            if (!ServiceRules.needsHealthCheckPort(next)) {
                dropIfSame(next, old, List.of("healthCheckNodePort"));
            } else if (Trees.integer(next, 0, "healthCheckNodePort") == 0) {
                next.set("healthCheckNodePort", old.path("healthCheckNodePort"));
            }
        }
        if (isLoadBalancer(old) && !isLoadBalancer(next)) {
            dropIfSame(next, old, List.of("allocateLoadBalancerNodePorts", "loadBalancerClass"));
        }
        if (ServiceRules.isExternallyAccessible(old) && !ServiceRules.isExternallyAccessible(next)) {
            dropIfSame(next, old, List.of("externalTrafficPolicy"));
        }
    }

    private static boolean isLoadBalancer(JsonNode spec) {
        return Trees.text(spec, "type").equals("LoadBalancer");
    }

    private static void dropIfSame(ObjectNode next, JsonNode old, List<String> fields) {
        for (String field : fields) {
            if (Trees.sameAt(next, old, field)) {
                next.remove(field);
            }
        }
    }

    /** Writers know {@code clusterIP} or {@code clusterIPs} or both: where only one of them changed, the other follows. */
    private static void syncClusterIps(ObjectNode next, JsonNode old) {
        String ip = Trees.text(next, "clusterIP");
        String oldIp = Trees.text(old, "clusterIP");
        boolean sameList = Trees.sameAt(next, old, "clusterIPs");
        if (!ip.equals(oldIp) && sameList && next.get("clusterIPs") instanceof ArrayNode list && !list.isEmpty()) {
            if (ip.isEmpty()) {
                next.remove("clusterIPs");
            } else {
                list.set(0, list.textNode(ip));
            }
        } else if (ip.equals(oldIp) && !sameList && !Trees.present(next, "clusterIPs") && next.has("clusterIPs")) {
            next.remove("clusterIP");
        }
    }

    private static void keepClusterIps(ObjectNode next, JsonNode old) {
        if (!Trees.present(next, "clusterIP") && !Trees.present(next, "clusterIPs") && old.has("clusterIP")) {
            next.set("clusterIP", old.get("clusterIP").deepCopy());
        }
        if (!Trees.present(next, "clusterIPs") && Trees.sameAt(next, old, "clusterIP") && old.has("clusterIPs")) {
            next.set("clusterIPs", old.get("clusterIPs").deepCopy());
        }
        for (String field : List.of("ipFamilyPolicy", "ipFamilies")) {
            if (!Trees.present(next, field) && old.has(field)) {
                next.set(field, old.get(field).deepCopy());
            }
        }
    }

    /** Asking for one family is enough to lose the second one: nobody has to shorten the lists as well. */
    private static void dropSecondary(ObjectNode next, JsonNode old) {
        boolean single = Trees.text(next, "ipFamilyPolicy").equals("SingleStack")
                && !Trees.text(old, "ipFamilyPolicy").equals("SingleStack");
        for (String field : List.of("clusterIPs", "ipFamilies")) {
            if (single && Trees.sameAt(next, old, field) && next.get(field) instanceof ArrayNode list) {
                while (list.size() > 1) {
                    list.remove(list.size() - 1);
                }
            }
        }
    }

    /** By name, as Kubernetes does: whatever else of a port is edited, its node port stays. */
    private static void keepNodePorts(ObjectNode next, JsonNode old) {
        Map<String, Integer> known = new HashMap<>();
        Set<Integer> used = new HashSet<>();
        old.path("ports").forEach(port -> known.put(Trees.text(port, "name"), Trees.integer(port, 0, "nodePort")));
        next.path("ports").forEach(port -> used.add(Trees.integer(port, 0, "nodePort")));
        for (JsonNode each : next.path("ports")) {
            int before = known.getOrDefault(Trees.text(each, "name"), 0);
            if (each instanceof ObjectNode port
                    && Trees.integer(port, 0, "nodePort") == 0
                    && before > 0
                    && used.add(before)) {
                port.put("nodePort", before);
            }
        }
    }

    private static boolean sameNodePorts(JsonNode next, JsonNode old) {
        Set<Integer> before = new HashSet<>();
        old.path("ports").forEach(port -> before.add(Trees.integer(port, 0, "nodePort")));
        for (JsonNode port : next.path("ports")) {
            int number = Trees.integer(port, 0, "nodePort");
            if (number != 0 && !before.contains(number)) {
                return false;
            }
        }
        return true;
    }

    /** SVC-15 and the last part of SVC-17. */
    static List<FieldError> validate(JsonNode next, JsonNode old) {
        List<FieldError> faults = new FieldErrors();
        if (ServiceRules.needsClusterIp(next) && ServiceRules.needsClusterIp(old)) {
            clusterIps(next, old, faults);
            families(next, old, faults);
        }
        boolean kept = ServiceRules.needsHealthCheckPort(next) && ServiceRules.needsHealthCheckPort(old);
        if (kept && !Trees.sameAt(next, old, "healthCheckNodePort")) {
            faults.add(FieldError.forbidden("spec.healthCheckNodePort", "field is immutable"));
        }
        boolean balancers = isLoadBalancer(next) && isLoadBalancer(old);
        if (balancers && !Trees.sameAt(next, old, "loadBalancerClass")) {
            faults.add(FieldError.invalid(
                    "spec.loadBalancerClass", Trees.text(next, "loadBalancerClass"), "may not change once set"));
        }
        return faults;
    }

    private static void clusterIps(JsonNode next, JsonNode old, List<FieldError> faults) {
        JsonNode ips = Trees.at(next, "clusterIPs");
        JsonNode before = Trees.at(old, "clusterIPs");
        String primary = before.path(0).asText();
        if (primary.isEmpty()) {
            return;
        }
        if (ips.isEmpty()) {
            faults.add(FieldError.invalidAs(
                    "spec.clusterIPs[0]", GoSyntax.texts(ips), "primary clusterIP can not be unset"));
            return;
        }
        if (!ips.path(0).asText().equals(primary)) {
            faults.add(FieldError.invalid("spec.clusterIPs[0]", ips, "may not change once set"));
        }
        boolean single = Trees.text(next, "ipFamilyPolicy").equals("SingleStack");
        if (before.size() == 2
                && !single
                && !ips.path(1).asText().equals(before.path(1).asText())) {
            faults.add(FieldError.invalid(
                    "spec.clusterIPs[1]",
                    ips,
                    ips.size() < 2
                            ? "secondary clusterIP can not be unset while ipFamilyPolicy is not `SingleStack`"
                            : "may not change once set"));
        }
    }

    private static void families(JsonNode next, JsonNode old, List<FieldError> faults) {
        if (ServiceRules.isHeadless(next) || ServiceRules.isHeadless(old)) {
            return;
        }
        JsonNode families = Trees.at(next, "ipFamilies");
        JsonNode before = Trees.at(old, "ipFamilies");
        if (before.size() > 0 && !before.path(0).equals(families.path(0))) {
            faults.add(FieldError.invalid("spec.ipFamilies[0]", families, "may not change once set"));
        }
        boolean single = Trees.text(next, "ipFamilyPolicy").equals("SingleStack");
        if (before.size() == 2 && families.size() < 2 && !single) {
            faults.add(FieldError.invalid(
                    "spec.ipFamilies[1]",
                    families,
                    "secondary ipFamily can not be unset while ipFamilyPolicy is not `SingleStack`"));
        }
    }
}
