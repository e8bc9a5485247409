package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Roles and their bindings. */
final class AccessRules implements KindRules {
    private static final String GROUP = "rbac.authorization.k8s.io";

    private final boolean binding;

    AccessRules(boolean binding) {
        this.binding = binding;
    }

    @Override
    public boolean createdByUpdate() {
        return true;
    }

    @Override
    public List<String> validateName(String name) {
        return Names.pathSegment(name);
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        if (!binding) {
            if (!object.has("rules") && !object.has("aggregationRule")) {
                object.putArray("rules");
            }
            return;
        }
        Trees.putDefault(Trees.object(object, "roleRef"), "apiGroup", GROUP);
        for (JsonNode each : object.path("subjects")) {
            boolean account = Trees.text(each, "kind").equals("ServiceAccount");
            if (each instanceof ObjectNode subject && !account) {
                Trees.putDefault(subject, "apiGroup", GROUP);
            }
        }
    }

    @Override
    public List<FieldError> validate(JsonNode object) {
        return binding ? binding(object) : role(object);
    }

    private static List<FieldError> role(JsonNode role) {
        List<FieldError> faults = new FieldErrors();
        JsonNode rules = role.path("rules");
        for (int i = 0; i < rules.size(); i++) {
            JsonNode rule = rules.get(i);
            String path = "rules[" + i + "]";
            if (rule.path("verbs").isEmpty()) {
                faults.add(FieldError.required(path + ".verbs", "verbs must contain at least one value"));
            }
            if (!rule.path("nonResourceURLs").isEmpty()) {
                if (Trees.text(role, "kind").equals("Role")) {
                    faults.add(FieldError.invalid(
                            path + ".nonResourceURLs",
                            rule.path("nonResourceURLs"),
                            "namespaced rules cannot apply to non-resource URLs"));
                }
                if (!rule.path("resources").isEmpty() || !rule.path("apiGroups").isEmpty()) {
                    faults.add(FieldError.invalid(
                            path + ".nonResourceURLs",
                            rule.path("nonResourceURLs"),
                            "rules cannot apply to both regular resources and non-resource URLs"));
                }
                continue;
            }
            if (rule.path("apiGroups").isEmpty()) {
                faults.add(
                        FieldError.required(path + ".apiGroups", "resource rules must supply at least one api group"));
            }
            if (rule.path("resources").isEmpty()) {
                faults.add(
                        FieldError.required(path + ".resources", "resource rules must supply at least one resource"));
            }
        }
        return faults;
    }

    private static List<FieldError> binding(JsonNode object) {
        List<FieldError> faults = new FieldErrors();
        String kind = Trees.text(object, "roleRef", "kind");
        boolean clusterWide = Trees.text(object, "kind").equals("ClusterRoleBinding");
        if (clusterWide && !kind.equals("ClusterRole")) {
            faults.add(FieldError.notSupported("roleRef.kind", kind, "ClusterRole"));
        } else if (!kind.equals("Role") && !kind.equals("ClusterRole")) {
            faults.add(FieldError.notSupported("roleRef.kind", kind, "Role", "ClusterRole"));
        }
        if (!Trees.present(object, "roleRef", "name")) {
            faults.add(FieldError.required("roleRef.name", ""));
        }
        JsonNode subjects = object.path("subjects");
        for (int i = 0; i < subjects.size(); i++) {
            String path = "subjects[" + i + "]";
            String subject = Trees.text(subjects.get(i), "kind");
            if (!Trees.present(subjects.get(i), "name")) {
                faults.add(FieldError.required(path + ".name", ""));
            }
            if (subject.equals("ServiceAccount")) {
                if (clusterWide && !Trees.present(subjects.get(i), "namespace")) {
                    faults.add(FieldError.required(path + ".namespace", ""));
                }
            } else if (!subject.equals("User") && !subject.equals("Group")) {
                faults.add(FieldError.notSupported(path + ".kind", subject, "ServiceAccount", "User", "Group"));
            }
        }
        return faults;
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        return !binding || Trees.sameAt(next, present, "roleRef")
                ? List.of()
                : List.of(FieldError.invalid("roleRef", Trees.at(next, "roleRef"), "cannot change roleRef"));
    }
}
