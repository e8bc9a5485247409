package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What Kubernetes demands of Services: SVC-1 to SVC-5 and SVC-10 to SVC-20. */
final class ServiceRules implements KindRules {
    private final ServiceDefaults defaults;
    private final ServiceValidation validation;

    ServiceRules(NetworkRanges ranges) {
        this.defaults = new ServiceDefaults(ranges.families());
        this.validation = new ServiceValidation(ranges.families());
    }

    @Override
    public boolean createdByUpdate() {
        return true;
    }

    @Override
    public List<String> validateName(String name) {
        return Names.dnsLabel(name); // SVC-10
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        defaults.apply(object);
    }

    /** SCTP is a valid protocol, but not one of the proxy-nodes'; an annotation that nobody reads may be mistyped. */
    @Override
    public List<String> warnings(JsonNode object) {
        List<String> warnings = new ArrayList<>(MeshAnnotations.unknownOfService(object));
        JsonNode spec = object.path("spec");
        boolean balanced = !spec.path("clusterIP").asText().equals("None")
                && !spec.path("type").asText().equals("ExternalName");
        int index = 0;
        for (JsonNode port : spec.path("ports")) {
            if (balanced && port.path("protocol").asText().equals("SCTP")) {
                warnings.add("spec.ports[" + index + "].protocol: Weft's proxy-nodes do not relay SCTP: the port has an"
                        + " address and names, but nobody listens there");
            }
            index++;
        }
        return warnings;
    }

    @Override
    public List<FieldError> validate(JsonNode object) {
        return validation.validate(object);
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return ServiceUpdate.validate(next.path("spec"), present.path("spec"));
    }

    @Override
    public void carryOver(ObjectNode next, JsonNode present) {
        ServiceUpdate.carryOver(Trees.object(next, "spec"), present.path("spec"));
    }

    /** Whether a type of Service has cluster IPs. */
    static boolean needsClusterIp(JsonNode spec) {
        return !Trees.text(spec, "type").equals("ExternalName");
    }

    /** Whether a type of Service has node ports. */
    static boolean needsNodePort(JsonNode spec) {
        String type = Trees.text(spec, "type");
        return type.equals("NodePort") || type.equals("LoadBalancer");
    }

    /** Whether traffic from outside may come in, so that there is a policy for it. */
    static boolean isExternallyAccessible(JsonNode spec) {
        boolean byIp = needsClusterIp(spec) && Trees.present(spec, "externalIPs");
        return needsNodePort(spec) || byIp;
    }

    /** Whether there is a port for health checks of the load balancer. */
    static boolean needsHealthCheckPort(JsonNode spec) {
        return Trees.text(spec, "type").equals("LoadBalancer")
                && Trees.text(spec, "externalTrafficPolicy").equals("Local");
    }

    static boolean isHeadless(JsonNode spec) {
        return Trees.text(spec, "clusterIP").equals("None");
    }
}
