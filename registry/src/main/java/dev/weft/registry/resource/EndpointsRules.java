package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/** The old form of a Service's endpoints, one object for all. */
final class EndpointsRules implements KindRules {
    private final boolean loopbackAllowed;

    EndpointsRules(boolean loopbackAllowed) {
        this.loopbackAllowed = loopbackAllowed;
    }

    @Override
    public boolean createdByUpdate() {
        return true;
    }

    @Override
    public void applyDefaults(ObjectNode endpoints) {
        for (JsonNode subset : endpoints.path("subsets")) {
            for (JsonNode each : subset.path("ports")) {
                if (each instanceof ObjectNode port) {
                    Trees.putDefault(port, "protocol", "TCP");
                }
            }
        }
    }

    @Override
    public List<FieldError> validate(JsonNode endpoints) {
        List<FieldError> faults = new FieldErrors();
        JsonNode subsets = endpoints.path("subsets");
        for (int i = 0; i < subsets.size(); i++) {
            subset(subsets.get(i), "subsets[" + i + "]", faults);
        }
        return faults;
    }

    private void subset(JsonNode subset, String path, List<FieldError> faults) {
        if (subset.path("addresses").isEmpty()
                && subset.path("notReadyAddresses").isEmpty()) {
            faults.add(FieldError.required(path, "must specify `addresses` or `notReadyAddresses`"));
        }
        for (String list : List.of("addresses", "notReadyAddresses")) {
            JsonNode addresses = subset.path(list);
            for (int i = 0; i < addresses.size(); i++) {
                address(addresses.get(i), path + "." + list + "[" + i + "]", faults);
            }
        }
        JsonNode ports = subset.path("ports");
        for (int i = 0; i < ports.size(); i++) {
            String at = path + ".ports[" + i + "]";
            String name = Trees.text(ports.get(i), "name");
            if (name.isEmpty() && ports.size() > 1) {
                faults.add(FieldError.required(at + ".name", ""));
            } else if (!name.isEmpty()) {
                Names.dnsLabel(name).forEach(why -> faults.add(FieldError.invalid(at + ".name", name, why)));
            }
            Ports.number(Trees.integer(ports.get(i), 0, "port"), at + ".port", faults);
            String protocol = Trees.text(ports.get(i), "protocol");
            if (!Set.of("TCP", "UDP", "SCTP").contains(protocol)) {
                faults.add(FieldError.notSupported(at + ".protocol", protocol, "SCTP", "TCP", "UDP"));
            }
        }
    }

    private void address(JsonNode address, String path, List<FieldError> faults) {
        Addresses.validate(Trees.text(address, "ip"), path + ".ip", loopbackAllowed, faults);
        String hostname = Trees.text(address, "hostname");
        if (!hostname.isEmpty()) {
            Names.dnsLabel(hostname).forEach(why -> faults.add(FieldError.invalid(path + ".hostname", hostname, why)));
        }
        if (address.has("nodeName")) {
            String node = Trees.text(address, "nodeName");
            Names.subdomain(node).forEach(why -> faults.add(FieldError.invalid(path + ".nodeName", node, why)));
        }
    }
}
