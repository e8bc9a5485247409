package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** IPAddresses: the name is the address, so that no two objects hold the same one (KEP-1880). */
final class IpAddressRules implements KindRules {
    @Override
    public List<String> validateName(String name) {
        boolean canonical = IpAddress.parse(name)
                .map(address -> address.toString().equals(name))
                .orElse(false);
        return canonical
                ? List.of()
                : List.of("must be a valid IP address in canonical form, (e.g. 10.9.8.7 or 2001:db8::ffff)");
    }

    @Override
    public List<FieldError> validate(JsonNode address) {
        JsonNode parent = Trees.at(address, "spec", "parentRef");
        if (parent.isMissingNode()) {
            return List.of(FieldError.required("spec.parentRef", ""));
        }
        List<FieldError> faults = new FieldErrors();
        for (String field : List.of("resource", "name")) {
            if (!Trees.present(parent, field)) {
                faults.add(FieldError.required("spec.parentRef." + field, ""));
            }
        }
        return faults;
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return Trees.sameAt(next, present, "spec")
                ? List.of()
                : List.of(FieldError.invalid("spec", Trees.at(next, "spec"), "field is immutable"));
    }
}
