package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A label query: all requirements must hold; none selects everything.
 *
 * @param requirements in the order of their keys
 */
public record LabelSelector(List<Requirement> requirements) {
    /** Selects every object. */
    public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

    public LabelSelector {
        requirements = requirements.stream()
                .sorted(Comparator.comparing(Requirement::key))
                .toList();
    }

    /** Reads the form of {@code ?labelSelector=} and {@code kubectl -l}: {@code app=web,tier in (a,b),!old,n>3}. */
    public static Parsed<LabelSelector> parse(String text) {
        return new LabelSelectorParser(text).parse();
    }

    /**
     * Reads the form inside objects: {@code matchLabels} and {@code matchExpressions}. An empty object selects
     * everything; what is malformed selects by what can be read of it (validation has refused it before).
     */
    public static LabelSelector of(JsonNode selector) {
        List<Requirement> all = new ArrayList<>();
        selector.path("matchLabels")
                .properties()
                .forEach(entry -> all.add(new Requirement(
                        entry.getKey(), Operator.IN, Set.of(entry.getValue().asText()))));
        for (JsonNode expression : selector.path("matchExpressions")) {
            Set<String> values = new TreeSet<>();
            expression.path("values").forEach(value -> values.add(value.asText()));
            Operator.named(expression.path("operator").asText())
                    .ifPresent(operator ->
                            all.add(new Requirement(expression.path("key").asText(), operator, values)));
        }
        return new LabelSelector(all);
    }

    /** The selector of a Service: a plain map, every entry of which must be there. */
    public static LabelSelector ofMap(JsonNode labels) {
        List<Requirement> all = new ArrayList<>();
        labels.properties()
                .forEach(entry -> all.add(new Requirement(
                        entry.getKey(), Operator.IN, Set.of(entry.getValue().asText()))));
        return new LabelSelector(all);
    }

    public boolean isEverything() {
        return requirements.isEmpty();
    }

    public boolean matches(Map<String, String> labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return String.join(",", requirements.stream().map(Requirement::toString).toList());
    }

    /**
     * One condition on one label.
     *
     * @param values sorted; one for the comparisons, none for the existence operators
     */
    public record Requirement(String key, Operator operator, Set<String> values) {
        public Requirement {
            values = java.util.Collections.unmodifiableSet(new TreeSet<>(values));
        }

        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case GREATER_THAN -> value != null && compares(value, 1);
                case LESS_THAN -> value != null && compares(value, -1);
            };
        }

        private boolean compares(String value, int sign) {
            try {
                long bound = Long.parseLong(values.iterator().next());
                return Long.compare(Long.parseLong(value), bound) == sign;
            } catch (NumberFormatException e) {
                return false; // a label that is no number is neither above nor below one
            }
        }

        @Override
        public String toString() {
            String list = String.join(",", values);
            return switch (operator) {
                case IN -> values.size() == 1 ? key + "=" + list : key + " in (" + list + ")";
                case NOT_IN -> values.size() == 1 ? key + "!=" + list : key + " notin (" + list + ")";
                case EXISTS -> key;
                case DOES_NOT_EXIST -> "!" + key;
                case GREATER_THAN -> key + ">" + list;
                case LESS_THAN -> key + "<" + list;
            };
        }
    }

    /** What a label is held against. */
    public enum Operator {
        IN("In"),
        NOT_IN("NotIn"),
        EXISTS("Exists"),
        DOES_NOT_EXIST("DoesNotExist"),
        GREATER_THAN("Gt"),
        LESS_THAN("Lt");

        private final String wire;

        Operator(String wire) {
            this.wire = wire;
        }

        static java.util.Optional<Operator> named(String wire) {
            return java.util.Arrays.stream(values())
                    .filter(operator -> operator.wire.equals(wire))
                    .findFirst();
        }
    }
}
