package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** IngressClasses: who acts on an Ingress, fixed once said. */
final class IngressClassRules implements KindRules {
    @Override
    public boolean countsGenerations() {
        return true;
    }

    @Override
    public List<FieldError> validate(JsonNode ingressClass) {
        return Trees.present(ingressClass, "spec", "controller")
                ? List.of()
                : List.of(FieldError.required("spec.controller", ""));
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return Trees.sameAt(next, present, "spec", "controller")
                ? List.of()
                : List.of(FieldError.invalid(
                        "spec.controller", Trees.text(next, "spec", "controller"), "field is immutable"));
    }
}
