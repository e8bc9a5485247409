package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold in a complete Service: SVC-11 to SVC-20. */
final class ServiceValidation {
    private static final int LONGEST_AFFINITY_SECONDS = 86400;
    private static final List<String> TYPES = List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");

    private final List<IpAddress.Family> families;

    ServiceValidation(List<IpAddress.Family> families) {
        this.families = families;
    }

    List<FieldError> validate(JsonNode service) {
        List<FieldError> faults = new FieldErrors();
        JsonNode spec = service.path("spec");
        String type = Trees.text(spec, "type");
        switch (type) {
            case "ExternalName" -> externalName(spec, faults);
            case "ClusterIP" -> {}
            case "NodePort", "LoadBalancer" -> {
                if (ServiceRules.isHeadless(spec)) {
                    faults.add(FieldError.invalid(
                            "spec.clusterIPs[0]",
                            Trees.at(spec, "clusterIPs"),
                            "may not be set to 'None' for " + type + " services"));
                }
            }
            default -> {}
        }
        new ServicePortValidation(spec, faults).run();
        Metadata.labels(Trees.at(spec, "selector"), "spec.selector", faults);
        affinity(spec, faults);
        if (!TYPES.contains(type)) {
            faults.add(FieldError.notSupported("spec.type", type, TYPES.toArray(String[]::new)));
        }
        if (ServiceRules.needsClusterIp(spec)) {
            ServiceFamilies.validate(spec, families, faults);
        }
        policies(spec, faults);
        loadBalancer(service, faults);
        externalIps(spec, faults);
        distribution(service, faults);
        MeshAnnotations.ofService(service, faults);
        return faults;
    }

    private static void externalName(JsonNode spec, List<FieldError> faults) {
        if (!Trees.text(spec, "clusterIP").isEmpty() && !Trees.present(spec, "clusterIPs")) {
            faults.add(FieldError.forbidden("spec.clusterIPs", "may not be set for ExternalName services"));
        }
        for (String field : List.of("clusterIPs", "ipFamilies", "ipFamilyPolicy")) {
            if (Trees.present(spec, field)) {
                faults.add(FieldError.forbidden("spec." + field, "may not be set for ExternalName services"));
            }
        }
        String name = Trees.text(spec, "externalName");
        if (name.isEmpty()) {
            faults.add(FieldError.required("spec.externalName", ""));
            return;
        }
        String host = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        Names.subdomain(host).forEach(why -> faults.add(FieldError.invalid("spec.externalName", name, why)));
    }

    /** SVC-16. */
    private static void affinity(JsonNode spec, List<FieldError> faults) {
        String affinity = Trees.text(spec, "sessionAffinity");
        if (!affinity.equals("None") && !affinity.equals("ClientIP")) {
            faults.add(FieldError.notSupported("spec.sessionAffinity", affinity, "ClientIP", "None"));
            return;
        }
        if (affinity.equals("ClientIP")) {
            int seconds = Trees.integer(spec, 0, "sessionAffinityConfig", "clientIP", "timeoutSeconds");
            if (seconds <= 0 || seconds > LONGEST_AFFINITY_SECONDS) {
                faults.add(FieldError.invalid(
                        "spec.sessionAffinityConfig.clientIP.timeoutSeconds",
                        seconds,
                        "must be greater than 0 and less than 86400"));
            }
        }
    }

    /** Its own ports count too: who holds a port may claim it again, so the pool does not tell. */
    private static boolean hasNodePort(JsonNode spec, int number) {
        for (JsonNode port : spec.path("ports")) {
            if (Trees.integer(port, 0, "nodePort") == number
                    && Trees.text(port, "protocol").equals("TCP")) {
                return true;
            }
        }
        return false;
    }

    /** SVC-17. The health-check port is required, but claimed after this, so it may still be open here. */
    private static void policies(JsonNode spec, List<FieldError> faults) {
        String external = Trees.text(spec, "externalTrafficPolicy");
        if (!ServiceRules.isExternallyAccessible(spec)) {
            if (!external.isEmpty()) {
                faults.add(FieldError.invalid(
                        "spec.externalTrafficPolicy", external, "may only be set for externally-accessible services"));
            }
        } else if (!external.equals("Cluster") && !external.equals("Local")) {
            faults.add(FieldError.notSupported("spec.externalTrafficPolicy", external, "Cluster", "Local"));
        }
        int health = Trees.integer(spec, 0, "healthCheckNodePort");
        if (health != 0 && !ServiceRules.needsHealthCheckPort(spec)) {
            faults.add(FieldError.invalid(
                    "spec.healthCheckNodePort",
                    health,
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"));
        } else if (health != 0 && (health < 1 || health > 65535)) {
            faults.add(
                    FieldError.invalid("spec.healthCheckNodePort", health, "must be between 1 and 65535, inclusive"));
        } else if (health != 0 && hasNodePort(spec, health)) {
            faults.add(FieldError.invalid("spec.healthCheckNodePort", health, "provided port is already allocated"));
        }
        String internal = Trees.text(spec, "internalTrafficPolicy");
        if (!internal.isEmpty() && !internal.equals("Cluster") && !internal.equals("Local")) {
            faults.add(FieldError.notSupported("spec.internalTrafficPolicy", internal, "Cluster", "Local"));
        }
    }

    /** SVC-18. */
    private static void loadBalancer(JsonNode service, List<FieldError> faults) {
        JsonNode spec = service.path("spec");
        boolean balancer = Trees.text(spec, "type").equals("LoadBalancer");
        JsonNode ranges = Trees.at(spec, "loadBalancerSourceRanges");
        if (!ranges.isEmpty() && !balancer) {
            faults.add(FieldError.forbidden(
                    "spec.loadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'"));
        }
        for (int i = 0; i < ranges.size() && balancer; i++) {
            String range = ranges.get(i).asText();
            if (Cidr.parse(range.strip()).isEmpty()) {
                faults.add(FieldError.invalid(
                        "spec.loadBalancerSourceRanges[" + i + "]",
                        range,
                        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
            }
        }
        if (Trees.has(spec, "allocateLoadBalancerNodePorts") && !balancer) {
            faults.add(FieldError.forbidden(
                    "spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'"));
        }
        if (Trees.present(spec, "loadBalancerClass") && !balancer) {
            faults.add(
                    FieldError.forbidden("spec.loadBalancerClass", "may only be used when `type` is 'LoadBalancer'"));
        }
        String balancerClass = Trees.text(spec, "loadBalancerClass");
        if (!balancerClass.isEmpty()) {
            Names.qualifiedName(balancerClass)
                    .forEach(why -> faults.add(FieldError.invalid("spec.loadBalancerClass", balancerClass, why)));
        }
        JsonNode ingress = Trees.at(service, "status", "loadBalancer", "ingress");
        for (int i = 0; i < ingress.size(); i++) {
            String ip = Trees.text(ingress.get(i), "ip");
            if (!ip.isEmpty() && IpAddress.parse(ip).isEmpty()) {
                faults.add(FieldError.invalid(
                        "status.loadBalancer.ingress[" + i + "].ip",
                        ip,
                        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            }
        }
    }

    /** SVC-20. */
    private static void externalIps(JsonNode spec, List<FieldError> faults) {
        JsonNode ips = Trees.at(spec, "externalIPs");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < ips.size(); i++) {
            String path = "spec.externalIPs[" + i + "]";
            Addresses.validate(ips.get(i).asText(), path, false, faults);
            if (!seen.add(ips.get(i).asText())) {
                faults.add(FieldError.duplicate(path, ips.get(i).asText()));
            }
        }
    }

    /** SVC-19. */
    private static void distribution(JsonNode service, List<FieldError> faults) {
        String distribution = Trees.text(service, "spec", "trafficDistribution");
        if (!distribution.isEmpty()
                && !Set.of("PreferClose", "PreferSameZone", "PreferSameNode").contains(distribution)) {
            faults.add(FieldError.notSupported(
                    "spec.trafficDistribution", distribution, "PreferClose", "PreferSameNode", "PreferSameZone"));
        }
        String mode = Trees.text(service, "metadata", "annotations", "service.kubernetes.io/topology-mode");
        String hints = Trees.text(service, "metadata", "annotations", "service.kubernetes.io/topology-aware-hints");
        if (!mode.isEmpty() && !hints.isEmpty() && !mode.equals(hints)) {
            faults.add(FieldError.invalid(
                    "metadata.annotations[service.kubernetes.io/topology-mode]",
                    mode,
                    "must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified"));
        }
    }
}
