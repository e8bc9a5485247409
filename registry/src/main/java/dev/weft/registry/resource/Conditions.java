package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The conditions in the status of a custom resource ({@code metav1.Condition}), by the schema that its definition has for them. */
final class Conditions {
    private static final String TYPE =
            "^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$";
    private static final String REASON = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$";
    private static final Pattern TYPES = Pattern.compile(TYPE);
    private static final Pattern REASONS = Pattern.compile(REASON);
    private static final int LONGEST_TYPE = 316;
    private static final int LONGEST_REASON = 1024;
    private static final int LONGEST_MESSAGE = 32768;

    private Conditions() {}

    static void validate(JsonNode object, List<FieldError> faults) {
        JsonNode conditions = Trees.at(object, "status", "conditions");
        Set<String> types = new HashSet<>();
        for (int i = 0; i < conditions.size(); i++) {
            JsonNode condition = conditions.get(i);
            String path = "status.conditions[" + i + "]";
            for (String field : List.of("lastTransitionTime", "message", "reason", "status", "type")) {
                if (!Trees.has(condition, field)) {
                    faults.add(FieldError.required(path + "." + field, ""));
                }
            }
            matches(condition, "type", path, TYPES, LONGEST_TYPE, faults);
            matches(condition, "reason", path, REASONS, LONGEST_REASON, faults);
            atMost(condition, "message", path, LONGEST_MESSAGE, faults);
            String status = Trees.text(condition, "status");
            if (Trees.has(condition, "status")
                    && !List.of("True", "False", "Unknown").contains(status)) {
                faults.add(FieldError.notSupported(path + ".status", status, "True", "False", "Unknown"));
            }
            if (!types.add(Trees.text(condition, "type"))) {
                faults.add(FieldError.duplicate(
                        path, JsonNodeFactory.instance.objectNode().put("type", Trees.text(condition, "type"))));
            }
        }
    }

    private static void matches(
            JsonNode condition, String field, String path, Pattern form, int longest, List<FieldError> faults) {
        String value = Trees.text(condition, field);
        String at = path + "." + field;
        if (atMost(condition, field, path, longest, faults)
                && Trees.has(condition, field)
                && !form.matcher(value).matches()) {
            faults.add(FieldError.invalid(at, value, at + " in body should match '" + form.pattern() + "'"));
        }
    }

    private static boolean atMost(JsonNode condition, String field, String path, int longest, List<FieldError> faults) {
        boolean fits = Trees.text(condition, field).length() <= longest;
        if (!fits) {
            faults.add(new FieldError(
                    path + "." + field,
                    FieldError.Reason.FieldValueTooLong,
                    "Too long: may not be more than " + longest + " bytes"));
        }
        return fits;
    }
}
