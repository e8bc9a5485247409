package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Nodes: whoever registers one may bring its status along. */
final class NodeRules implements KindRules {
    @Override
    public boolean keepsStatusOnCreate() {
        return true;
    }

    /** What a Node tells of its machine even where it says nothing: clients of Kubernetes insist on these fields. */
    private static final List<String> MACHINE = List.of(
            "architecture",
            "bootID",
            "containerRuntimeVersion",
            "kernelVersion",
            "kubeProxyVersion",
            "kubeletVersion",
            "machineID",
            "operatingSystem",
            "osImage",
            "systemUUID");

    @Override
    public void applyDefaults(ObjectNode node) {
        Trees.object(node, "spec");
        ObjectNode status = Trees.object(node, "status");
        ObjectNode endpoint = Trees.object(Trees.object(status, "daemonEndpoints"), "kubeletEndpoint");
        Trees.putDefault(endpoint, "Port", 0);
        ObjectNode machine = Trees.object(status, "nodeInfo");
        MACHINE.forEach(field -> Trees.putDefault(machine, field, ""));
    }

    @Override
    public List<FieldError> validate(JsonNode node) {
        List<FieldError> faults = new FieldErrors();
        JsonNode taints = Trees.at(node, "spec", "taints");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < taints.size(); i++) {
            String path = "spec.taints[" + i + "]";
            String key = Trees.text(taints.get(i), "key");
            String effect = Trees.text(taints.get(i), "effect");
            Names.qualifiedName(key).forEach(why -> faults.add(FieldError.invalid(path + ".key", key, why)));
            if (!Set.of("NoSchedule", "PreferNoSchedule", "NoExecute").contains(effect)) {
                faults.add(FieldError.notSupported(
                        path + ".effect", effect, "NoExecute", "NoSchedule", "PreferNoSchedule"));
            }
            if (!seen.add(key + ":" + effect)) {
                faults.add(FieldError.duplicate(path, key + ":" + effect));
            }
        }
        JsonNode addresses = Trees.at(node, "status", "addresses");
        Set<String> known = new HashSet<>();
        for (int i = 0; i < addresses.size(); i++) {
            if (!known.add(addresses.get(i).toString())) {
                faults.add(FieldError.duplicate("status.addresses[" + i + "]", addresses.get(i)));
            }
        }
        podRanges(node.path("spec"), faults);
        return faults;
    }

    private static void podRanges(JsonNode spec, List<FieldError> faults) {
        range("spec.podCIDR", Trees.text(spec, "podCIDR"), faults);
        JsonNode ranges = Trees.at(spec, "podCIDRs");
        Set<IpAddress.Family> families = new HashSet<>();
        boolean twice = false;
        for (int i = 0; i < ranges.size(); i++) {
            String text = ranges.get(i).asText();
            range("spec.podCIDRs[" + i + "]", text, faults);
            twice |=
                    Cidr.parse(text).map(range -> !families.add(range.family())).orElse(false);
        }
        if (twice) {
            faults.add(FieldError.invalid(
                    "spec.podCIDRs", ranges, "may specify no more than one CIDR for each IP family"));
        }
    }

    private static void range(String path, String text, List<FieldError> faults) {
        if (!text.isEmpty() && Cidr.parse(text).isEmpty()) {
            faults.add(
                    FieldError.invalid(path, text, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
        }
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        List<FieldError> faults = new FieldErrors();
        for (String field : List.of("podCIDR", "providerID")) {
            if (Trees.present(present, "spec", field) && !Trees.sameAt(next, present, "spec", field)) {
                faults.add(FieldError.forbidden(
                        "spec." + field, "node updates may not change " + field + " except from \"\" to valid"));
            }
        }
        return faults;
    }
}
