package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The probes and hooks of a container: each does one thing. */
final class Probes {
    private static final List<String> PROBES = List.of("livenessProbe", "readinessProbe", "startupProbe");
    private static final List<String> HOOKS = List.of("postStart", "preStop");

    private Probes() {}

    static void applyDefaults(JsonNode container) {
        for (String name : PROBES) {
            if (container.get(name) instanceof ObjectNode probe) {
                Trees.putDefault(probe, "timeoutSeconds", 1);
                Trees.putDefault(probe, "periodSeconds", 10);
                Trees.putDefault(probe, "successThreshold", 1);
                Trees.putDefault(probe, "failureThreshold", 3);
                request(probe);
            }
        }
        for (String name : HOOKS) {
            if (container.path("lifecycle").get(name) instanceof ObjectNode hook) {
                request(hook);
            }
        }
    }

    private static void request(ObjectNode handler) {
        if (handler.get("httpGet") instanceof ObjectNode get) {
            Trees.putDefault(get, "path", "/");
            Trees.putDefault(get, "scheme", "HTTP");
        }
    }

    /** @param path of the container */
    static void validate(JsonNode container, String path, List<FieldError> faults) {
        for (String name : PROBES) {
            one(Trees.at(container, name), path + "." + name, faults, "exec", "httpGet", "tcpSocket", "grpc");
        }
        for (String name : List.of("livenessProbe", "startupProbe")) {
            int successes = Trees.integer(container, 1, name, "successThreshold");
            if (successes != 1) {
                faults.add(FieldError.invalid(path + "." + name + ".successThreshold", successes, "must be 1"));
            }
        }
        for (String name : HOOKS) {
            String at = path + ".lifecycle." + name;
            one(Trees.at(container, "lifecycle", name), at, faults, "exec", "httpGet", "tcpSocket", "sleep");
        }
    }

    private static void one(JsonNode handler, String path, List<FieldError> faults, String... types) {
        if (handler.isMissingNode()) {
            return;
        }
        int found = 0;
        for (String type : types) {
            if (Trees.has(handler, type) && ++found > 1) {
                faults.add(FieldError.forbidden(path + "." + type, "may not specify more than 1 handler type"));
            }
        }
        for (String type : List.of("httpGet", "tcpSocket")) {
            Ports.target(Trees.at(handler, type, "port"), path + "." + type + ".port", faults);
        }
        if (found == 0) {
            faults.add(FieldError.required(path, "must specify a handler type"));
        }
    }
}
