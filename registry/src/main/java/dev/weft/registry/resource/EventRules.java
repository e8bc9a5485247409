package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Events: said about an object of the same namespace. Those with an {@code eventTime} are of the newer form and must say
 * who reports what; those without are bound by little.
 */
final class EventRules implements KindRules {
    /** Events of cluster-scoped objects, whose references have no namespace, live here. */
    private static final String DEFAULT_NAMESPACE = "default";

    private static final int LONGEST_NAME = 128;
    private static final int LONGEST_MESSAGE = 1024;

    @Override
    public void applyDefaults(ObjectNode event) {
        if (!Trees.present(event, "type")) {
            event.put("type", "Normal");
        }
    }

    @Override
    public List<FieldError> validate(JsonNode event) {
        String about = Trees.text(event, "involvedObject", "namespace");
        String own = Trees.text(event, "metadata", "namespace");
        boolean fits = about.isEmpty() ? own.equals(DEFAULT_NAMESPACE) || own.equals("kube-system") : about.equals(own);
        List<FieldError> errors = new ArrayList<>();
        if (!fits) {
            errors.add(FieldError.invalid("involvedObject.namespace", about, "does not match event.namespace"));
        }
        if (Trees.present(event, "eventTime")) {
            reported(event, errors);
        }
        return errors;
    }

    private static void reported(JsonNode event, List<FieldError> errors) {
        String controller = Trees.text(event, "reportingComponent");
        if (controller.isEmpty()) {
            errors.add(FieldError.required("reportingController", ""));
        }
        Names.qualifiedName(controller)
                .forEach(why -> errors.add(FieldError.invalid("reportingController", controller, why)));
        for (String field : List.of("reportingInstance", "action", "reason")) {
            String said = Trees.text(event, field);
            if (said.isEmpty()) {
                errors.add(FieldError.required(field, ""));
            } else if (said.length() > LONGEST_NAME) {
                errors.add(FieldError.invalid(field, "", "can have at most " + LONGEST_NAME + " characters"));
            }
        }
        if (Trees.text(event, "message").length() > LONGEST_MESSAGE) {
            errors.add(FieldError.invalid("message", "", "can have at most " + LONGEST_MESSAGE + " characters"));
        }
    }

    /** What {@code events.k8s.io/v1} asks of a new Event, in its names, beyond that. */
    static List<FieldError> validateNew(JsonNode event) {
        List<FieldError> errors = new ArrayList<>();
        if (!Trees.present(event, "eventTime")) {
            errors.add(FieldError.required("eventTime", ""));
        }
        String type = Trees.text(event, "type");
        if (!type.equals("Normal") && !type.equals("Warning")) {
            errors.add(FieldError.invalid("type", "", "has invalid value: " + type));
        }
        if (Trees.has(event, "series") && Trees.integer(event, 0, "series", "count") < 2) {
            errors.add(FieldError.invalid("series.count", "", "should be at least 2"));
        }
        if (Trees.has(event, "series") && !Trees.present(event, "series", "lastObservedTime")) {
            errors.add(FieldError.required("series.lastObservedTime", ""));
        }
        for (String old : List.of("FirstTimestamp", "LastTimestamp", "Count", "Source")) {
            if (Trees.present(event, "deprecated" + old) && Trees.integer(event, 1, "deprecated" + old) != 0) {
                String stored = old.substring(0, 1).toLowerCase(Locale.ROOT) + old.substring(1);
                errors.add(FieldError.invalid(stored, "", "needs to be unset"));
            }
        }
        return errors;
    }
}
