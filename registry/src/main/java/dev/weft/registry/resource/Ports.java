package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Ports by number or name, wherever they stand. */
final class Ports {
    private Ports() {}

    static void number(int port, String path, List<FieldError> faults) {
        if (port < 1 || port > 65535) {
            faults.add(FieldError.invalid(path, port, "must be between 1 and 65535, inclusive"));
        }
    }

    /** A number, or the name of a port of a container. */
    static void target(JsonNode target, String path, List<FieldError> faults) {
        if (target.isMissingNode()) {
            return;
        }
        if (target.isIntegralNumber()) {
            number(target.asInt(), path, faults);
        } else {
            Names.portName(target.asText()).forEach(why -> faults.add(FieldError.invalid(path, target.asText(), why)));
        }
    }
}
