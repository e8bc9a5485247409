package dev.weft.registry.resource.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.apply.FieldSet.Node;
import dev.weft.registry.resource.apply.FieldType.Structure;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one state of an object differs from another.
 *
 * @param added fields that only the second one has
 * @param modified fields that both have, with different values
 * @param removed fields that only the first one has
 */
record Comparison(FieldSet added, FieldSet modified, FieldSet removed) {
    /** Kubernetes' types hold these structures always, so that nobody is ever the one who adds them. */
    private static final Set<String> ALWAYS_THERE =
            Set.of("metadata", "spec", "status", "template", "strategy", "updateStrategy", "loadBalancer");

    static Comparison of(FieldType type, JsonNode before, JsonNode after) {
        Walk walk = new Walk();
        walk.parts(type, before, after);
        return walk.done();
    }

    static boolean isSilent(FieldType owner, PathElement element) {
        return owner instanceof Structure && ALWAYS_THERE.contains(element.text());
    }

    /** What the second state says that the first one did not. */
    FieldSet written() {
        return added.union(modified);
    }

    /** Whether two values are the same: numbers by value, whatever width they were read with. */
    static boolean same(JsonNode a, JsonNode b) {
        return a.equals(
                (x, y) -> x.isIntegralNumber() && y.isIntegralNumber()
                        ? x.bigIntegerValue().compareTo(y.bigIntegerValue())
                        : isDecimal(x) && isDecimal(y) ? decimal(x).compareTo(decimal(y)) : x.equals(y) ? 0 : 1,
                b);
    }

    private static boolean isDecimal(JsonNode value) {
        return value.isNumber() && (!value.isFloatingPointNumber() || Double.isFinite(value.doubleValue()));
    }

    private static BigDecimal decimal(JsonNode value) {
        return value.decimalValue();
    }

    /** One level of the two trees, with what was found beneath it. */
    private static final class Walk {
        private final FieldSet.Builder added = new FieldSet.Builder();
        private final FieldSet.Builder modified = new FieldSet.Builder();
        private final FieldSet.Builder removed = new FieldSet.Builder();

        private void parts(FieldType type, @Nullable JsonNode before, @Nullable JsonNode after) {
            Map<PathElement, JsonNode> left = Topology.parts(type, before);
            Map<PathElement, JsonNode> right = Topology.parts(type, after);
            Set<PathElement> all = new LinkedHashSet<>(left.keySet());
            all.addAll(right.keySet());
            for (PathElement element : all) {
                part(type, element, left.get(element), right.get(element));
            }
        }

        private void part(FieldType owner, PathElement element, @Nullable JsonNode before, @Nullable JsonNode after) {
            FieldType type = Topology.below(owner, element);
            if (isWhole(type, before) || isWhole(type, after) || (isBare(before) && isBare(after))) {
                whole(element, before, after);
                return;
            }
            boolean silent = isSilent(owner, element);
            if (before == null && after != null) {
                added.put(element, new Node(!silent, OwnedFields.everything(type, after)));
                return;
            }
            if (after == null && before != null) {
                removed.put(element, new Node(!silent, OwnedFields.everything(type, before)));
                return;
            }
            Walk below = new Walk();
            below.parts(type, before, after);
            Comparison found = below.done();
            added.put(element, new Node(false, found.added()));
            modified.put(element, new Node(false, found.modified()));
            removed.put(element, new Node(false, found.removed()));
        }

        private void whole(PathElement element, @Nullable JsonNode before, @Nullable JsonNode after) {
            if (before == null) {
                added.put(element, Node.ITSELF);
            } else if (after == null) {
                removed.put(element, Node.ITSELF);
            } else if (!same(before, after)) {
                modified.put(element, Node.ITSELF);
            }
        }

        private static boolean isWhole(FieldType type, @Nullable JsonNode value) {
            return value != null && !Topology.hasParts(type, value);
        }

        /** Nothing, or something without parts: the difference between the two is worth telling. */
        private static boolean isBare(@Nullable JsonNode value) {
            return value == null || value.isEmpty();
        }

        private Comparison done() {
            return new Comparison(added.build(), modified.build(), removed.build());
        }
    }
}
