package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** ServiceCIDRs: SVC-7. */
final class ServiceCidrRules implements KindRules {
    @Override
    public boolean countsGenerations() {
        return true;
    }

    @Override
    public List<FieldError> validate(JsonNode object) {
        List<FieldError> faults = new FieldErrors();
        JsonNode cidrs = Trees.at(object, "spec", "cidrs");
        if (cidrs.isEmpty()) {
            faults.add(FieldError.required("spec.cidrs", "at least one CIDR required"));
        }
        if (cidrs.size() > 2) {
            faults.add(FieldError.invalid("spec", cidrs, "may only hold up to 2 values"));
        }
        Set<IpAddress.Family> families = new HashSet<>();
        for (int i = 0; i < cidrs.size(); i++) {
            String text = cidrs.get(i).asText();
            Optional<Cidr> cidr = Cidr.parse(text);
            String path = "spec.cidrs[" + i + "]";
            if (cidr.isEmpty() || !cidr.get().toString().equals(text)) {
                faults.add(FieldError.invalid(
                        path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
            } else if (!families.add(cidr.get().family())) {
                faults.add(FieldError.invalid(
                        path,
                        text,
                        "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64"));
            }
        }
        return faults;
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return Trees.sameAt(next, present, "spec", "cidrs")
                ? List.of()
                : List.of(FieldError.invalid("spec.cidrs", Trees.at(next, "spec", "cidrs"), "field is immutable"));
    }
}
