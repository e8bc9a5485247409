package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Leases: durations and counters have signs. */
final class LeaseRules implements KindRules {
    @Override
    public boolean createdByUpdate() {
        return true;
    }

    @Override
    public List<FieldError> validate(JsonNode lease) {
        List<FieldError> faults = new FieldErrors();
        int seconds = Trees.integer(lease, 1, "spec", "leaseDurationSeconds");
        if (seconds <= 0) {
            faults.add(FieldError.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0"));
        }
        int transitions = Trees.integer(lease, 0, "spec", "leaseTransitions");
        if (transitions < 0) {
            faults.add(FieldError.invalid("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
        }
        return faults;
    }
}
