package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** How a Deployment replaces its Pods: all at once or by and by, in numbers or in percent of its size. */
final class RollingUpdates {
    private static final String PERCENT = "a valid percent string must be a numeric string followed by an ending '%'"
            + " (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

    private RollingUpdates() {}

    static void applyDefaults(ObjectNode strategy) {
        Trees.putDefault(strategy, "type", "RollingUpdate");
        if (Trees.text(strategy, "type").equals("RollingUpdate")) {
            ObjectNode rolling = Trees.object(strategy, "rollingUpdate");
            Map.of("maxUnavailable", "25%", "maxSurge", "25%")
                    .forEach((name, value) -> Trees.putDefault(rolling, name, value));
        }
    }

    static void validate(JsonNode strategy, List<FieldError> faults) {
        String type = Trees.text(strategy, "type");
        JsonNode rolling = Trees.at(strategy, "rollingUpdate");
        if (type.equals("Recreate")) {
            if (!rolling.isMissingNode()) {
                faults.add(FieldError.forbidden(
                        "spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
            }
            return;
        }
        if (!type.equals("RollingUpdate")) {
            faults.add(FieldError.notSupported("spec.strategy", type, "Recreate", "RollingUpdate"));
            return;
        }
        String path = "spec.strategy.rollingUpdate.";
        JsonNode unavailable = Trees.at(rolling, "maxUnavailable");
        JsonNode surge = Trees.at(rolling, "maxSurge");
        amount(unavailable, path + "maxUnavailable", faults);
        amount(surge, path + "maxSurge", faults);
        if (number(unavailable) == 0 && number(surge) == 0) {
            faults.add(FieldError.invalid(path + "maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0"));
        }
        if (isPercent(unavailable) && number(unavailable) > 100) {
            faults.add(FieldError.invalid(path + "maxUnavailable", unavailable, "must not be greater than 100%"));
        }
    }

    /** Of a DaemonSet, which has no surge unless it asks for one. */
    static void validateDaemonSet(JsonNode rolling, List<FieldError> faults) {
        JsonNode unavailable = Trees.at(rolling, "maxUnavailable");
        JsonNode surge = Trees.at(rolling, "maxSurge");
        String path = "spec.updateStrategy.rollingUpdate.";
        amount(unavailable, path + "maxUnavailable", faults);
        amount(surge, path + "maxSurge", faults);
        if (!unavailable.isMissingNode() && number(unavailable) == 0 && number(surge) == 0) {
            faults.add(FieldError.required(path + "maxUnavailable", "cannot be 0 when maxSurge is 0"));
        }
    }

    private static void amount(JsonNode amount, String path, List<FieldError> faults) {
        if (amount.isTextual() && !isPercent(amount)) {
            faults.add(FieldError.invalid(path, amount, PERCENT));
        } else if (amount.isNumber() && amount.asInt() < 0) {
            faults.add(FieldError.invalid(path, amount, "must be greater than or equal to 0"));
        }
    }

    private static boolean isPercent(JsonNode amount) {
        return amount.isTextual() && amount.asText().matches("[0-9]{1,9}%");
    }

    /** Without its percent sign; 0 for what is no amount, as Kubernetes has it. */
    private static int number(JsonNode amount) {
        String text = amount.asText();
        return isPercent(amount) ? Integer.parseInt(text.substring(0, text.length() - 1)) : amount.asInt(0);
    }
}
