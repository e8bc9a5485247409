package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** EndpointSlices: EPS-4. */
final class EndpointSliceRules implements KindRules {
    private static final int MOST_ENDPOINTS = 1000;
    private static final int MOST_PORTS = 100;
    private static final int MOST_ADDRESSES = 100;
    private static final int MOST_HINTS = 8;

    private final boolean loopbackAllowed;

    EndpointSliceRules(boolean loopbackAllowed) {
        this.loopbackAllowed = loopbackAllowed;
    }

    @Override
    public boolean countsGenerations() {
        return true;
    }

    @Override
    public List<String> metadataCounted() {
        return List.of("labels");
    }

    @Override
    public void applyDefaults(ObjectNode slice) {
        for (JsonNode each : slice.path("ports")) {
            if (each instanceof ObjectNode port) {
                Trees.putDefault(port, "protocol", "TCP");
                if (!port.has("name")) {
                    port.put("name", "");
                }
            }
        }
        // Go writes this list even when it is empty, and clients rely on it being there
        if (!slice.has("endpoints")) {
            slice.putArray("endpoints");
        }
        if (!slice.has("ports")) {
            slice.putArray("ports");
        }
    }

    @Override
    public List<FieldError> validate(JsonNode slice) {
        List<FieldError> faults = new FieldErrors();
        String type = Trees.text(slice, "addressType");
        if (type.isEmpty()) {
            faults.add(FieldError.required("addressType", ""));
        } else if (!Set.of("IPv4", "IPv6", "FQDN").contains(type)) {
            faults.add(FieldError.notSupported("addressType", type, "FQDN", "IPv4", "IPv6"));
        }
        JsonNode endpoints = slice.path("endpoints");
        tooMany("endpoints", endpoints.size(), MOST_ENDPOINTS, faults);
        for (int i = 0; i < Math.min(endpoints.size(), MOST_ENDPOINTS); i++) {
            endpoint(endpoints.get(i), type, "endpoints[" + i + "]", faults);
        }
        ports(slice.path("ports"), faults);
        MeshAnnotations.ofSlice(slice, faults);
        return faults;
    }

    private static void tooMany(String path, int count, int most, List<FieldError> faults) {
        if (count > most) {
            faults.add(new FieldError(
                    path,
                    FieldError.Reason.FieldValueTooMany,
                    "Too many: " + count + ": must have at most " + most + " items"));
        }
    }

    private void endpoint(JsonNode endpoint, String type, String path, List<FieldError> faults) {
        JsonNode addresses = endpoint.path("addresses");
        if (addresses.isEmpty()) {
            faults.add(FieldError.required(path + ".addresses", "must contain at least 1 address"));
        }
        tooMany(path + ".addresses", addresses.size(), MOST_ADDRESSES, faults);
        for (int i = 0; i < Math.min(addresses.size(), MOST_ADDRESSES); i++) {
            address(addresses.get(i).asText(), type, path + ".addresses[" + i + "]", faults);
        }
        String hostname = Trees.text(endpoint, "hostname");
        if (endpoint.has("hostname")) {
            Names.dnsLabel(hostname).forEach(why -> faults.add(FieldError.invalid(path + ".hostname", hostname, why)));
        }
        if (endpoint.has("nodeName")) {
            String node = Trees.text(endpoint, "nodeName");
            Names.subdomain(node).forEach(why -> faults.add(FieldError.invalid(path + ".nodeName", node, why)));
        }
        tooMany(
                path + ".hints.forZones",
                Trees.at(endpoint, "hints", "forZones").size(),
                MOST_HINTS,
                faults);
        tooMany(
                path + ".hints.forNodes",
                Trees.at(endpoint, "hints", "forNodes").size(),
                MOST_HINTS,
                faults);
    }

    private void address(String address, String type, String path, List<FieldError> faults) {
        if (type.equals("FQDN")) {
            Names.subdomain(address).forEach(why -> faults.add(FieldError.invalid(path, address, why)));
            return;
        }
        boolean wrongFamily = IpAddress.parse(address)
                .filter(ip -> !ip.family().name().equals(type))
                .isPresent();
        if (wrongFamily) {
            faults.add(FieldError.invalid(path, address, "must be a valid " + type + " address"));
        } else {
            Addresses.validate(address, path, loopbackAllowed, faults);
        }
    }

    private static void ports(JsonNode ports, List<FieldError> faults) {
        tooMany("ports", ports.size(), MOST_PORTS, faults);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < Math.min(ports.size(), MOST_PORTS); i++) {
            JsonNode port = ports.get(i);
            String path = "ports[" + i + "]";
            String name = Trees.text(port, "name");
            if (!name.isEmpty()) {
                Names.dnsLabel(name).forEach(why -> faults.add(FieldError.invalid(path + ".name", name, why)));
            }
            if (!names.add(name)) {
                faults.add(FieldError.duplicate(path + ".name", name));
            }
            String protocol = Trees.text(port, "protocol");
            if (protocol.isEmpty()) {
                faults.add(FieldError.required(path + ".protocol", ""));
            } else if (!Set.of("TCP", "UDP", "SCTP").contains(protocol)) {
                faults.add(FieldError.notSupported(path + ".protocol", protocol, "SCTP", "TCP", "UDP"));
            }
            if (port.has("port")) {
                Ports.number(Trees.integer(port, 0, "port"), path + ".port", faults);
            }
            String application = Trees.text(port, "appProtocol");
            if (!application.isEmpty()) {
                Names.qualifiedName(application)
                        .forEach(why -> faults.add(FieldError.invalid(path + ".appProtocol", application, why)));
            }
        }
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return Trees.sameAt(next, present, "addressType")
                ? List.of()
                : List.of(FieldError.invalid("addressType", Trees.text(next, "addressType"), "field is immutable"));
    }
}
