package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object in a {@link ResourceTree} with all that stand below it, and how such trees are made of each other. Immutable.
 *
 * <p>A weight-balanced tree (Adams 1993, with the parameters of Hirai and Yamamoto 2011: 3 and 2); the weights also
 * answer "how many follow".
 */
final class TreeNode {
    private static final int DELTA = 3;
    private static final int RATIO = 2;

    final @Nullable TreeNode left;
    final String order;
    final Resource value;
    final @Nullable TreeNode right;
    private final int weight;

    private TreeNode(@Nullable TreeNode left, Resource value, @Nullable TreeNode right) {
        this.left = left;
        this.order = value.key().order();
        this.value = value;
        this.right = right;
        this.weight = weight(left) + weight(right) + 1;
    }

    /** How many objects are in a tree. */
    static int weight(@Nullable TreeNode node) {
        return node == null ? 0 : node.weight;
    }

    /** A tree with an object added, or put in the place of the one with its key. */
    static TreeNode insert(@Nullable TreeNode at, String order, Resource object) {
        if (at == null) {
            return new TreeNode(null, object, null);
        }
        int side = order.compareTo(at.order);
        if (side == 0) {
            return new TreeNode(at.left, object, at.right);
        }
        return side < 0
                ? balanced(insert(at.left, order, object), at.value, at.right)
                : balanced(at.left, at.value, insert(at.right, order, object));
    }

    /** A tree without an object that is in it. */
    static @Nullable TreeNode delete(@Nullable TreeNode at, String order) {
        if (at == null) {
            return null;
        }
        int side = order.compareTo(at.order);
        if (side < 0) {
            return balanced(delete(at.left, order), at.value, at.right);
        }
        if (side > 0) {
            return balanced(at.left, at.value, delete(at.right, order));
        }
        if (at.left == null) {
            return at.right;
        }
        if (at.right == null) {
            return at.left;
        }
        Resource successor = smallest(at.right);
        return balanced(at.left, successor, delete(at.right, successor.key().order()));
    }

    private static Resource smallest(TreeNode node) {
        TreeNode at = node;
        while (at.left != null) {
            at = at.left;
        }
        return at.value;
    }

    private static TreeNode balanced(@Nullable TreeNode left, Resource value, @Nullable TreeNode right) {
        int l = weight(left) + 1;
        int r = weight(right) + 1;
        if (right != null && r > DELTA * l) {
            return rotatedLeft(left, value, right);
        }
        if (left != null && l > DELTA * r) {
            return rotatedRight(left, value, right);
        }
        return new TreeNode(left, value, right);
    }

    private static TreeNode rotatedLeft(@Nullable TreeNode left, Resource value, TreeNode right) {
        TreeNode inner = right.left;
        if (inner == null || weight(inner) + 1 < RATIO * (weight(right.right) + 1)) {
            return new TreeNode(new TreeNode(left, value, inner), right.value, right.right);
        }
        return new TreeNode(
                new TreeNode(left, value, inner.left),
                inner.value,
                new TreeNode(inner.right, right.value, right.right));
    }

    private static TreeNode rotatedRight(TreeNode left, Resource value, @Nullable TreeNode right) {
        TreeNode inner = left.right;
        if (inner == null || weight(inner) + 1 < RATIO * (weight(left.left) + 1)) {
            return new TreeNode(left.left, left.value, new TreeNode(inner, value, right));
        }
        return new TreeNode(
                new TreeNode(left.left, left.value, inner.left), inner.value, new TreeNode(inner.right, value, right));
    }

    /** A balanced tree of objects that come in order. */
    static @Nullable TreeNode built(List<Resource> ordered, int from, int to) {
        if (from == to) {
            return null;
        }
        int middle = (from + to) >>> 1;
        return new TreeNode(built(ordered, from, middle), ordered.get(middle), built(ordered, middle + 1, to));
    }

    /**
     * A tree after changes: the union with them (Blelloch, Ferizovic and Sun 2016).
     *
     * @param edits one of each key, in order; those from one place (inclusive) to another (exclusive) count
     */
    static @Nullable TreeNode union(@Nullable TreeNode at, Change[] edits, int from, int to) {
        if (from == to) {
            return at;
        }
        if (at == null) {
            List<Resource> added = new ArrayList<>(to - from);
            for (int i = from; i < to; i++) {
                Resource after = edits[i].after();
                if (after != null) {
                    added.add(after);
                }
            }
            return built(added, 0, added.size());
        }
        int here = place(edits, from, to, at.order);
        boolean edited = here < to && edits[here].key().order().equals(at.order);
        TreeNode left = union(at.left, edits, from, here);
        TreeNode right = union(at.right, edits, edited ? here + 1 : here, to);
        Resource value = edited ? edits[here].after() : at.value;
        return value == null ? joined(left, right) : joined(left, value, right);
    }

    /** The first of the edits that does not come before a key. */
    private static int place(Change[] edits, int from, int to, String order) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (edits[middle].key().order().compareTo(order) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** A balanced tree of two of any sizes and what stands between them. */
    private static TreeNode joined(@Nullable TreeNode left, Resource value, @Nullable TreeNode right) {
        if (right != null && weight(right) + 1 > DELTA * (weight(left) + 1)) {
            return balanced(joined(left, value, right.left), right.value, right.right);
        }
        if (left != null && weight(left) + 1 > DELTA * (weight(right) + 1)) {
            return balanced(left.left, left.value, joined(left.right, value, right));
        }
        return new TreeNode(left, value, right);
    }

    private static @Nullable TreeNode joined(@Nullable TreeNode left, @Nullable TreeNode right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        Resource smallest = smallest(right);
        return joined(left, smallest, delete(right, smallest.key().order()));
    }

    /** How many steps lead to its deepest object. */
    static int depth(@Nullable TreeNode at) {
        return at == null ? 0 : 1 + Math.max(depth(at.left), depth(at.right));
    }
}
