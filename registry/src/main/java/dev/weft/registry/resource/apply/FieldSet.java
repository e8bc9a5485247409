package dev.weft.registry.resource.apply;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Fields of an object: a tree in which any node, not leaves only, may be a member. Immutable; no branch of it is without a
 * member.
 */
public final class FieldSet {
    /** No field. */
    public static final FieldSet EMPTY = new FieldSet(new TreeMap<>());

    private final SortedMap<PathElement, Node> nodes;

    private FieldSet(SortedMap<PathElement, Node> nodes) {
        this.nodes = nodes;
    }

    /**
     * What is known of one place.
     *
     * @param member whether the place itself is in the set
     * @param below the fields beneath it that are
     */
    public record Node(boolean member, FieldSet below) {
        static final Node NOTHING = new Node(false, EMPTY);
        static final Node ITSELF = new Node(true, EMPTY);

        boolean isEmpty() {
            return !member && below.isEmpty();
        }
    }

    /** Collects a set. Most are empty, and cost nothing. */
    static final class Builder {
        private @Nullable SortedMap<PathElement, Node> nodes;

        void put(PathElement element, Node node) {
            if (!node.isEmpty()) {
                collected().put(element, node);
            }
        }

        private void add(PathElement element, Node node) {
            collected()
                    .merge(
                            element,
                            node,
                            (one, other) -> new Node(one.member || other.member, one.below.union(other.below)));
        }

        private SortedMap<PathElement, Node> collected() {
            SortedMap<PathElement, Node> there = nodes;
            if (there == null) {
                there = new TreeMap<>();
                nodes = there;
            }
            return there;
        }

        FieldSet build() {
            return nodes == null ? EMPTY : new FieldSet(nodes);
        }
    }

    /** The set of some fields, each by the names that lead to it, e.g. {@code metadata}, {@code uid}. */
    @SafeVarargs
    public static FieldSet ofNames(List<String>... paths) {
        FieldSet all = EMPTY;
        for (List<String> path : paths) {
            Node node = Node.ITSELF;
            for (int i = path.size() - 1; i >= 0; i--) {
                Builder one = new Builder();
                one.put(PathElement.field(path.get(i)), node);
                node = new Node(false, one.build());
            }
            all = all.union(node.below());
        }
        return all;
    }

    public boolean isEmpty() {
        return nodes.isEmpty();
    }

    /** Everything by its first step, in order. */
    Map<PathElement, Node> nodes() {
        return nodes;
    }

    /** What is known of the place one step down. */
    Node at(PathElement element) {
        return nodes.getOrDefault(element, Node.NOTHING);
    }

    /** What is in one or the other. */
    public FieldSet union(FieldSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        Builder all = new Builder();
        nodes.forEach(all::put);
        other.nodes.forEach(all::add);
        return all.build();
    }

    /** What is in this one only; a field goes without what is beneath it. */
    public FieldSet difference(FieldSet other) {
        if (other.isEmpty()) {
            return this;
        }
        Builder rest = new Builder();
        nodes.forEach((element, node) -> {
            Node taken = other.at(element);
            rest.put(element, new Node(node.member && !taken.member, node.below.difference(taken.below)));
        });
        return rest.build();
    }

    /** What is in both. */
    public FieldSet intersection(FieldSet other) {
        Builder both = new Builder();
        nodes.forEach((element, node) -> {
            Node there = other.at(element);
            both.put(element, new Node(node.member && there.member, node.below.intersection(there.below)));
        });
        return both.build();
    }

    /** With the fields of structures on the way to a member as members too. */
    FieldSet withStructures(FieldType type) {
        Builder all = new Builder();
        nodes.forEach((element, node) -> {
            boolean named = element.kind() == PathElement.Kind.FIELD
                    && type instanceof FieldType.Structure structure
                    && structure.declares(element.text());
            boolean member = node.member || (named && !node.below.isEmpty());
            all.put(element, new Node(member, node.below.withStructures(Topology.below(type, element))));
        });
        return all.build();
    }

    /** How many fields, at most so many. */
    int count(int most) {
        int count = 0;
        for (Node node : nodes.values()) {
            count += (node.member ? 1 : 0) + node.below.count(most - count);
            if (count >= most) {
                return most;
            }
        }
        return count;
    }

    /** Every field as users read it, e.g. {@code .spec.ports[port=80,protocol="TCP"].targetPort}; in order. */
    public List<String> paths() {
        List<String> all = new ArrayList<>();
        collect("", all);
        return all;
    }

    private void collect(String before, List<String> all) {
        nodes.forEach((element, node) -> {
            String path = before + element;
            if (node.member) {
                all.add(path);
            }
            node.below.collect(path, all);
        });
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet that && nodes.equals(that.nodes);
    }

    @Override
    public int hashCode() {
        return nodes.hashCode();
    }

    @Override
    public String toString() {
        return paths().toString();
    }
}
