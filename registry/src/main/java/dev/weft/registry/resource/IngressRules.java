package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;

/** Ingresses: rules by host and path, each with a backend. */
final class IngressRules implements KindRules {
    @Override
    public boolean countsGenerations() {
        return true;
    }

    @Override
    public List<FieldError> validate(JsonNode ingress) {
        List<FieldError> faults = new FieldErrors();
        JsonNode spec = ingress.path("spec");
        JsonNode rules = Trees.at(spec, "rules");
        if (rules.isEmpty() && !Trees.has(spec, "defaultBackend")) {
            faults.add(FieldError.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified"));
        }
        if (Trees.has(spec, "defaultBackend")) {
            backend(Trees.at(spec, "defaultBackend"), "spec.defaultBackend", faults);
        }
        for (int i = 0; i < rules.size(); i++) {
            rule(rules.get(i), "spec.rules[" + i + "]", faults);
        }
        return faults;
    }

    private static void rule(JsonNode rule, String path, List<FieldError> faults) {
        String host = Trees.text(rule, "host");
        if (IpAddress.parse(host).isPresent()) {
            faults.add(FieldError.invalid(path + ".host", host, "must be a DNS name, not an IP address"));
        } else if (!host.isEmpty()) {
            String name = host.startsWith("*.") ? host.substring(2) : host;
            Names.subdomain(name).forEach(why -> faults.add(FieldError.invalid(path + ".host", host, why)));
        }
        if (!Trees.has(rule, "http")) {
            return;
        }
        JsonNode paths = Trees.at(rule, "http", "paths");
        if (paths.isEmpty()) {
            faults.add(FieldError.required(path + ".http.paths", ""));
        }
        for (int i = 0; i < paths.size(); i++) {
            path(paths.get(i), path + ".http.paths[" + i + "]", faults);
        }
    }

    private static void path(JsonNode each, String path, List<FieldError> faults) {
        String type = Trees.text(each, "pathType");
        String value = Trees.text(each, "path");
        if (type.isEmpty()) {
            faults.add(FieldError.required(path + ".pathType", "pathType must be specified"));
        } else if (!Set.of("Exact", "Prefix", "ImplementationSpecific").contains(type)) {
            faults.add(FieldError.notSupported(path + ".pathType", type, "Exact", "ImplementationSpecific", "Prefix"));
        }
        boolean needed = type.equals("Exact") || type.equals("Prefix");
        if ((needed || !value.isEmpty()) && !value.startsWith("/")) {
            faults.add(FieldError.invalid(path + ".path", value, "must be an absolute path"));
        }
        for (String part : List.of("//", "/./", "/../", "%2f", "%2F")) {
            if (needed && value.contains(part)) {
                faults.add(FieldError.invalid(path + ".path", value, "must not contain '" + part + "'"));
            }
        }
        backend(Trees.at(each, "backend"), path + ".backend", faults);
    }

    private static void backend(JsonNode backend, String path, List<FieldError> faults) {
        boolean service = Trees.has(backend, "service");
        boolean resource = Trees.has(backend, "resource");
        if (service == resource) {
            faults.add(
                    service
                            ? FieldError.invalid(path, backend, "cannot set both resource and service backends")
                            : FieldError.required(path, "resource or service backend is required"));
        }
        if (!service) {
            return;
        }
        String name = Trees.text(backend, "service", "name");
        if (name.isEmpty()) {
            faults.add(FieldError.required(path + ".service.name", ""));
        } else {
            Names.dnsLabel(name).forEach(why -> faults.add(FieldError.invalid(path + ".service.name", name, why)));
        }
        JsonNode port = Trees.at(backend, "service", "port");
        boolean named = Trees.present(port, "name");
        boolean numbered = Trees.integer(port, 0, "number") != 0;
        if (named && numbered) {
            faults.add(FieldError.invalid(path, "", "cannot set both port name & port number"));
        } else if (named) {
            Ports.target(Trees.at(port, "name"), path + ".service.port.name", faults);
        } else if (numbered) {
            Ports.number(Trees.integer(port, 0, "number"), path + ".service.port.number", faults);
        } else {
            faults.add(FieldError.required(path, "port name or number is required"));
        }
    }
}
