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
        String controller = Trees.text(ingressClass, "spec", "controller");
        if (controller.isEmpty()) {
            return List.of(FieldError.required("spec.controller", ""));
        }
        int slash = controller.indexOf('/');
        boolean prefixed = slash > 0
                && slash < controller.length() - 1
                && Names.subdomain(controller.substring(0, slash)).isEmpty();
        return prefixed
                ? List.of()
                : List.of(FieldError.invalid(
                        "spec.controller", controller, "must be a domain-prefixed path (such as \"acme.io/foo\")"));
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return Trees.sameAt(next, present, "spec", "controller")
                ? List.of()
                : List.of(FieldError.invalid(
                        "spec.controller", Trees.text(next, "spec", "controller"), "field is immutable"));
    }
}
