package dev.weft.api.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.LabelSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Roles and bindings as the decision needs them. Pure. */
final class PolicyObjects {
    private PolicyObjects() {}

    /**
     * A role, of a namespace or of the cluster.
     *
     * @param namespace empty for a ClusterRole
     * @param rules as stored
     * @param aggregates selectors of the cluster roles whose rules it takes over; empty for an ordinary one
     */
    record Role(
            String namespace,
            String name,
            Map<String, String> labels,
            List<PolicyRule> rules,
            List<LabelSelector> aggregates) {
        static Role of(JsonNode object) {
            List<LabelSelector> aggregates = new ArrayList<>();
            for (JsonNode selector : object.at("/aggregationRule/clusterRoleSelectors")) {
                aggregates.add(LabelSelector.of(selector));
            }
            Map<String, String> labels = new HashMap<>();
            object.at("/metadata/labels")
                    .properties()
                    .forEach(
                            entry -> labels.put(entry.getKey(), entry.getValue().asText()));
            return new Role(
                    object.at("/metadata/namespace").asText(),
                    object.at("/metadata/name").asText(),
                    labels,
                    PolicyRule.ofRole(object),
                    List.copyOf(aggregates));
        }
    }

    /** Which role a binding gives. */
    record RoleRef(boolean clusterWide, String name) {
        static RoleRef of(JsonNode binding) {
            JsonNode ref = binding.path("roleRef");
            return new RoleRef(
                    ref.path("kind").asText().equals("ClusterRole"),
                    ref.path("name").asText());
        }

        String kind() {
            return clusterWide ? "ClusterRole" : "Role";
        }
    }

    /**
     * Whom a binding is for.
     *
     * @param group whether {@code key} is a group's name; else it is a user's
     * @param described as refusals and reasons name it
     */
    record Subject(boolean group, String key, String described) {}

    /**
     * A binding, of a namespace or of the cluster.
     *
     * @param namespace empty for a ClusterRoleBinding
     */
    record Binding(String namespace, String name, RoleRef role, List<Subject> subjects) {
        static Binding of(JsonNode object) {
            String namespace = object.at("/metadata/namespace").asText();
            List<Subject> subjects = new ArrayList<>();
            for (JsonNode each : object.path("subjects")) {
                String name = each.path("name").asText();
                switch (each.path("kind").asText()) {
                    case "User" -> subjects.add(new Subject(false, name, "User " + Quoting.quoted(name)));
                    case "Group" -> subjects.add(new Subject(true, name, "Group " + Quoting.quoted(name)));
                    case "ServiceAccount" -> {
                        String of = each.path("namespace").asText(namespace);
                        if (!of.isEmpty()) {
                            subjects.add(new Subject(
                                    false,
                                    "system:serviceaccount:" + of + ":" + name,
                                    "ServiceAccount " + Quoting.quoted(name + "/" + of)));
                        }
                    }
                    default -> {
                        // a kind of subject that nobody is
                    }
                }
            }
            return new Binding(
                    namespace, object.at("/metadata/name").asText(), RoleRef.of(object), List.copyOf(subjects));
        }

        String described() {
            return namespace.isEmpty()
                    ? "ClusterRoleBinding " + Quoting.quoted(name)
                    : "RoleBinding " + Quoting.quoted(name + "/" + namespace);
        }
    }
}
