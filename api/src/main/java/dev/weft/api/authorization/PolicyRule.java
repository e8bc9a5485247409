package dev.weft.api.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * One rule of a role: what it allows. Nothing forbids.
 *
 * @param names of objects; empty for all
 * @param paths that are no resources; with these, a rule has no resources
 */
public record PolicyRule(
        List<String> verbs, List<String> groups, List<String> resources, List<String> names, List<String> paths) {
    static final String ALL = "*";

    public PolicyRule {
        verbs = List.copyOf(verbs);
        groups = List.copyOf(groups);
        resources = List.copyOf(resources);
        names = List.copyOf(names);
        paths = List.copyOf(paths);
    }

    /** The rules of a stored role; fields that are no lists of text count as empty. */
    static List<PolicyRule> ofRole(JsonNode role) {
        List<PolicyRule> rules = new ArrayList<>();
        for (JsonNode rule : role.path("rules")) {
            rules.add(of(rule));
        }
        return List.copyOf(rules);
    }

    static PolicyRule of(JsonNode rule) {
        return new PolicyRule(
                texts(rule, "verbs"),
                texts(rule, "apiGroups"),
                texts(rule, "resources"),
                texts(rule, "resourceNames"),
                texts(rule, "nonResourceURLs"));
    }

    private static List<String> texts(JsonNode rule, String field) {
        List<String> texts = new ArrayList<>();
        rule.path(field).forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** As a role holds it. */
    public ObjectNode toTree() {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        put(tree, "apiGroups", groups);
        put(tree, "nonResourceURLs", paths);
        put(tree, "resourceNames", names);
        put(tree, "resources", resources);
        put(tree, "verbs", verbs);
        return tree;
    }

    private static void put(ObjectNode tree, String field, List<String> texts) {
        if (!texts.isEmpty()) {
            texts.forEach(tree.putArray(field)::add);
        }
    }

    /** Whether it allows what is asked. */
    boolean allows(AccessQuestion question) {
        if (!matches(verbs, question.verb())) {
            return false;
        }
        if (question.aboutPath()) {
            return paths.stream().anyMatch(path -> coversPath(path, question.path()));
        }
        return matches(groups, question.group())
                && resources.stream().anyMatch(resource -> matchesResource(resource, question))
                && (names.isEmpty() || names.contains(question.name()));
    }

    private static boolean matches(List<String> allowed, String wanted) {
        return allowed.contains(ALL) || allowed.contains(wanted);
    }

    private static boolean matchesResource(String allowed, AccessQuestion question) {
        return allowed.equals(ALL)
                || allowed.equals(question.whole())
                || (!question.subresource().isEmpty() && allowed.equals("*/" + question.subresource()));
    }

    /** Whether an allowed path, which may end with stars, takes in another. */
    static boolean coversPath(String allowed, String path) {
        if (allowed.equals(ALL) || allowed.equals(path)) {
            return true;
        }
        return allowed.endsWith(ALL) && path.startsWith(withoutStars(allowed));
    }

    private static String withoutStars(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '*') {
            end--;
        }
        return path.substring(0, end);
    }

    /** As kube-apiserver names it in refusals: {@code {APIGroups:[""], Resources:["pods"], Verbs:["get"]}}. */
    @Override
    public String toString() {
        StringJoiner parts = new StringJoiner(", ", "{", "}");
        describe(parts, "APIGroups", groups);
        describe(parts, "Resources", resources);
        describe(parts, "NonResourceURLs", paths);
        describe(parts, "ResourceNames", names);
        describe(parts, "Verbs", verbs);
        return parts.toString();
    }

    private static void describe(StringJoiner parts, String what, List<String> texts) {
        if (!texts.isEmpty()) {
            parts.add(what + ":" + Quoting.quoted(texts));
        }
    }
}
