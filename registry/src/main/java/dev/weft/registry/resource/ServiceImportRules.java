package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** ServiceImports: what other clusters offer (MCS-4, MCS-10, MCS-12). */
final class ServiceImportRules implements KindRules {
    @Override
    public List<String> validateName(String name) {
        return Names.dnsLabel(name);
    }

    @Override
    public boolean countsGenerations() {
        return true;
    }

    @Override
    public boolean metadataFollowsStatus() {
        return false;
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        for (JsonNode each : Trees.at(object, "spec", "ports")) {
            if (each instanceof ObjectNode port) {
                Trees.putDefault(port, "protocol", "TCP");
            }
        }
    }

    @Override
    public List<FieldError> validate(JsonNode object) {
        List<FieldError> faults = new FieldErrors();
        JsonNode spec = object.path("spec");
        String type = Trees.text(spec, "type");
        if (!type.equals("ClusterSetIP") && !type.equals("Headless")) {
            faults.add(FieldError.notSupported("spec.type", type, "ClusterSetIP", "Headless"));
        }
        JsonNode ips = Trees.at(spec, "ips");
        if (ips.size() > 2) {
            faults.add(new FieldError(
                    "spec.ips",
                    FieldError.Reason.FieldValueTooMany,
                    "Too many: " + ips.size() + ": must have at most 2 items"));
        }
        for (int i = 0; i < ips.size(); i++) {
            if (IpAddress.parse(ips.get(i).asText()).isEmpty()) {
                faults.add(FieldError.invalid(
                        "spec.ips[" + i + "]",
                        ips.get(i).asText(),
                        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
            }
        }
        JsonNode ports = Trees.at(spec, "ports");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < ports.size(); i++) {
            String path = "spec.ports[" + i + "]";
            Ports.number(Trees.integer(ports.get(i), 0, "port"), path + ".port", faults);
            if (!names.add(Trees.text(ports.get(i), "name"))) {
                faults.add(FieldError.duplicate(path + ".name", Trees.text(ports.get(i), "name")));
            }
        }
        Conditions.validate(object, faults);
        return faults;
    }
}
