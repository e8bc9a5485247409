package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The {@code matchExpressions} of a selector inside an object. */
final class SelectorExpressions {
    private SelectorExpressions() {}

    /**
     * Checks operators, and whether there are values where they take some.
     *
     * @return whether something is wrong
     */
    static boolean validate(JsonNode selector, String path, List<FieldError> faults) {
        int before = faults.size();
        JsonNode expressions = selector.path("matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            String at = path + ".matchExpressions[" + i + "].";
            String operator = Trees.text(expressions.get(i), "operator");
            boolean values = !expressions.get(i).path("values").isEmpty();
            switch (operator) {
                case "In", "NotIn" -> {
                    if (!values) {
                        faults.add(FieldError.required(
                                at + "values", "must be specified when `operator` is 'In' or 'NotIn'"));
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (values) {
                        faults.add(FieldError.forbidden(
                                at + "values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                    }
                }
                default -> faults.add(FieldError.invalid(at + "operator", operator, "not a valid selector operator"));
            }
        }
        return faults.size() > before;
    }
}
