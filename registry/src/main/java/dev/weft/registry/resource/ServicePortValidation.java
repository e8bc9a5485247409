package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The ports of one Service: SVC-11 and SVC-12. */
final class ServicePortValidation {
    private final JsonNode spec;
    private final List<FieldError> faults;
    private final Set<String> names = new HashSet<>();
    private final Set<String> numbers = new HashSet<>();
    private final Set<String> nodePorts = new HashSet<>();

    ServicePortValidation(JsonNode spec, List<FieldError> faults) {
        this.spec = spec;
        this.faults = faults;
    }

    void run() {
        JsonNode ports = Trees.at(spec, "ports");
        boolean optional = ServiceRules.isHeadless(spec) || !ServiceRules.needsClusterIp(spec);
        if (ports.isEmpty() && !optional) {
            faults.add(FieldError.required("spec.ports", ""));
        }
        for (int i = 0; i < ports.size(); i++) {
            port(ports.get(i), "spec.ports[" + i + "]", ports.size() > 1);
        }
    }

    private void port(JsonNode port, String path, boolean nameRequired) {
        name(Trees.text(port, "name"), path + ".name", nameRequired);
        int number = Trees.integer(port, 0, "port");
        if (number < 1 || number > 65535) {
            faults.add(FieldError.invalid(path + ".port", number, "must be between 1 and 65535, inclusive"));
        }
        String protocol = Trees.text(port, "protocol");
        if (!Set.of("TCP", "UDP", "SCTP").contains(protocol)) {
            faults.add(FieldError.notSupported(path + ".protocol", protocol, "SCTP", "TCP", "UDP"));
        }
        Ports.target(Trees.at(port, "targetPort"), path + ".targetPort", faults);
        String application = Trees.text(port, "appProtocol");
        if (!application.isEmpty()) {
            Names.qualifiedName(application)
                    .forEach(why -> faults.add(FieldError.invalid(path + ".appProtocol", application, why)));
        }
        if (!numbers.add(protocol + "/" + number)) {
            faults.add(new FieldError(
                    path,
                    FieldError.Reason.FieldValueDuplicate,
                    "Duplicate value: {\"port\":" + number + ",\"protocol\":\"" + protocol + "\"}"));
        }
        nodePort(Trees.integer(port, 0, "nodePort"), protocol, path + ".nodePort");
    }

    private void name(String name, String path, boolean required) {
        if (name.isEmpty()) {
            if (required) {
                faults.add(FieldError.required(path, ""));
            }
            return;
        }
        Names.dnsLabel(name).forEach(why -> faults.add(FieldError.invalid(path, name, why)));
        if (!names.add(name)) {
            faults.add(FieldError.duplicate(path, name));
        }
    }

    private void nodePort(int nodePort, String protocol, String path) {
        if (nodePort == 0) {
            return;
        }
        if (nodePort < 1 || nodePort > 65535) {
            faults.add(FieldError.invalid(path, nodePort, "must be between 1 and 65535, inclusive"));
        }
        if (!ServiceRules.needsNodePort(spec)) {
            faults.add(FieldError.forbidden(path, "may not be used when `type` is '" + Trees.text(spec, "type") + "'"));
        }
        if (!nodePorts.add(protocol + "/" + nodePort)) {
            faults.add(FieldError.duplicate(path, nodePort));
        }
    }
}
