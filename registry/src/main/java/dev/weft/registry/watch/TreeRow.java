package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Nodes of one depth of a {@link ResourceTree} in the making, in order, with what the nodes above them have to know. Nodes
 * that stay as they are are not looked at: each look would be a cache miss.
 */
final class TreeRow {
    private String[] firsts;
    private TreeNode[] nodes;
    private int[] weights;
    private int count;

    /** An empty one, with room for so many nodes at first. */
    TreeRow(int room) {
        firsts = new String[room];
        nodes = new TreeNode[room];
        weights = new int[room];
    }

    int count() {
        return count;
    }

    TreeNode get(int index) {
        return nodes[index];
    }

    void add(TreeNode node) {
        reserve(1);
        firsts[count] = node.first();
        nodes[count] = node;
        weights[count] = node.weight();
        count++;
    }

    /** Some children of a node, as they are. */
    void add(TreeNode.Inner inner, int from, int to) {
        int more = to - from;
        reserve(more);
        System.arraycopy(inner.firsts(), from, firsts, count, more);
        System.arraycopy(inner.children(), from, nodes, count, more);
        System.arraycopy(inner.weights(), from, weights, count, more);
        count += more;
    }

    /** Objects, of which the arrays hold so many, in as few leaves as it takes, evenly. */
    void add(String[] orders, Resource[] values, int size) {
        int parts = parts(size);
        for (int part = 0; part < parts; part++) {
            int from = from(part, parts, size);
            int to = from(part + 1, parts, size);
            add(
                    to - from == orders.length
                            ? new TreeNode.Leaf(orders, values)
                            : new TreeNode.Leaf(
                                    Arrays.copyOfRange(orders, from, to), Arrays.copyOfRange(values, from, to)));
        }
    }

    /** Puts all of them into as few nodes above them as it takes, evenly; this row is of no use then. */
    void group(TreeRow above) {
        int parts = parts(count);
        for (int part = 0; part < parts; part++) {
            int from = from(part, parts, count);
            int to = from(part + 1, parts, count);
            // Where no child was split or joined, the arrays are just right, and nobody else has them.
            above.add(
                    to - from == nodes.length
                            ? new TreeNode.Inner(firsts, nodes, weights)
                            : new TreeNode.Inner(
                                    Arrays.copyOfRange(firsts, from, to),
                                    Arrays.copyOfRange(nodes, from, to),
                                    Arrays.copyOfRange(weights, from, to)));
        }
    }

    /** Whether any from a place on has too few objects or children. */
    boolean isNarrow(int from) {
        for (int i = from; i < count; i++) {
            if (nodes[i].width() < TreeNode.FEWEST) {
                return true;
            }
        }
        return false;
    }

    /** Joins neighbours until none has too few, or only one is left. */
    void joinNarrow() {
        List<TreeNode> joined = new ArrayList<>(Arrays.asList(nodes).subList(0, count));
        int i = 0;
        while (i < joined.size() && joined.size() > 1) {
            if (joined.get(i).width() >= TreeNode.FEWEST) {
                i++;
            } else {
                i = Math.max(0, i - 1);
                List<TreeNode> pair = joined.subList(i, i + 2);
                TreeRow one = joined(pair.get(0), pair.get(1));
                pair.clear();
                joined.addAll(i, Arrays.asList(one.nodes).subList(0, one.count));
            }
        }
        count = 0;
        joined.forEach(this::add);
    }

    /** Neighbours as one node, or as two of the same width if they are too much for one. */
    private static TreeRow joined(TreeNode left, TreeNode right) {
        TreeRow joined = new TreeRow(2);
        if (left instanceof TreeNode.Leaf one && right instanceof TreeNode.Leaf other) {
            int size = one.width() + other.width();
            String[] orders = Arrays.copyOf(one.orders(), size);
            Resource[] values = Arrays.copyOf(one.values(), size);
            System.arraycopy(other.orders(), 0, orders, one.width(), other.width());
            System.arraycopy(other.values(), 0, values, one.width(), other.width());
            joined.add(orders, values, size);
        } else if (left instanceof TreeNode.Inner one && right instanceof TreeNode.Inner other) {
            TreeRow children = new TreeRow(one.width() + other.width());
            children.add(one, 0, one.width());
            children.add(other, 0, other.width());
            children.joinNarrow();
            children.group(joined);
        } else {
            throw new IllegalArgumentException("neighbours of different depth");
        }
        return joined;
    }

    private void reserve(int more) {
        if (count + more > nodes.length) {
            int room = Math.max(count + more, count + count / 2 + 1);
            firsts = Arrays.copyOf(firsts, room);
            nodes = Arrays.copyOf(nodes, room);
            weights = Arrays.copyOf(weights, room);
        }
    }

    private static int parts(int count) {
        return (count + TreeNode.MOST - 1) / TreeNode.MOST;
    }

    private static int from(int part, int parts, int count) {
        return (int) ((long) count * part / parts);
    }
}
