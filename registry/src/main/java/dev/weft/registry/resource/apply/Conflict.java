package dev.weft.registry.resource.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One field that an applier wants to change and somebody else owns.
 *
 * @param owner as users read it, e.g. {@code "kubectl-edit" using v1}
 * @param field e.g. {@code .spec.ports[port=80,protocol="TCP"].targetPort}
 */
public record Conflict(String owner, String field) {

    /** All of them as one sentence, in the words of kube-apiserver. */
    public static String message(List<Conflict> conflicts) {
        if (conflicts.size() == 1) {
            Conflict only = conflicts.get(0);
            return "Apply failed with 1 conflict: conflict with " + only.owner() + ": " + only.field();
        }
        Map<String, List<String>> byOwner = new TreeMap<>();
        conflicts.forEach(conflict -> byOwner.computeIfAbsent(conflict.owner(), any -> new ArrayList<>())
                .add(conflict.field()));
        List<String> lines = new ArrayList<>();
        byOwner.forEach((owner, fields) -> {
            lines.add("conflicts with " + owner + ":");
            fields.forEach(field -> lines.add("- " + field));
        });
        return "Apply failed with " + conflicts.size() + " conflicts: " + String.join("\n", lines);
    }
}
