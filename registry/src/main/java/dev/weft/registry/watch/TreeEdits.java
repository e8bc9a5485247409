package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What changes in a {@link ResourceTree}, in order, each object once; all of it is done in one way through the tree. */
final class TreeEdits {
    private final String[] orders;
    /** Null where the object goes. */
    private final @Nullable Resource[] after;

    private TreeEdits(String[] orders, @Nullable Resource[] after) {
        this.orders = orders;
        this.after = after;
    }

    /** An object is put, or goes. */
    static TreeEdits of(String order, @Nullable Resource after) {
        return new TreeEdits(new String[] {order}, new @Nullable Resource[] {after});
    }

    /** All these changes, of which later ones win. */
    static TreeEdits of(List<Change> changes) {
        Change[] sorted = changes.toArray(Change[]::new);
        Arrays.sort(sorted, Comparator.comparing(change -> change.key().order()));
        String[] orders = new String[sorted.length];
        @Nullable Resource[] after = new @Nullable Resource[sorted.length];
        int count = 0;
        for (Change change : sorted) {
            String order = change.key().order();
            if (count > 0 && orders[count - 1].equals(order)) {
                count--;
            }
            orders[count] = order;
            after[count] = change.after();
            count++;
        }
        return new TreeEdits(Arrays.copyOf(orders, count), Arrays.copyOf(after, count));
    }

    /** The root of what a tree becomes; null if it becomes empty. */
    @Nullable
    TreeNode appliedTo(@Nullable TreeNode root) {
        TreeRow row = new TreeRow(2);
        apply(root == null ? TreeNode.Leaf.EMPTY : root, 0, orders.length, row);
        return root(row);
    }

    /** The root above nodes of the same depth; null above none. */
    static @Nullable TreeNode root(TreeRow nodes) {
        TreeRow row = nodes;
        while (row.count() > 1) {
            TreeRow above = new TreeRow(row.count() / TreeNode.MOST + 1);
            row.group(above);
            row = above;
        }
        TreeNode root = row.count() == 0 ? null : row.get(0);
        while (root instanceof TreeNode.Inner inner && inner.width() == 1) {
            root = inner.children()[0];
        }
        return root;
    }

    /** Adds what a node becomes: none, one or several of its depth. */
    private void apply(TreeNode node, int from, int to, TreeRow into) {
        if (node instanceof TreeNode.Leaf leaf) {
            applyToLeaf(leaf, from, to, into);
        } else if (node instanceof TreeNode.Inner inner) {
            applyToInner(inner, from, to, into);
        }
    }

    private void applyToLeaf(TreeNode.Leaf leaf, int from, int to, TreeRow into) {
        String[] merged = new String[leaf.width() + to - from];
        Resource[] values = new Resource[merged.length];
        int count = 0;
        int taken = 0;
        for (int edit = from; edit <= to; edit++) {
            int until = edit == to ? leaf.width() : leaf.place(taken, orders[edit]);
            System.arraycopy(leaf.orders(), taken, merged, count, until - taken);
            System.arraycopy(leaf.values(), taken, values, count, until - taken);
            count += until - taken;
            taken = until;
            if (edit < to) {
                taken += taken < leaf.width() && leaf.orders()[taken].equals(orders[edit]) ? 1 : 0;
                Resource value = after[edit];
                if (value != null) {
                    merged[count] = orders[edit];
                    values[count] = value;
                    count++;
                }
            }
        }
        into.add(merged, values, count);
    }

    /** How far the edits come before an order. Few do, deep down: they are looked at one by one. */
    private int before(int from, int to, String order) {
        int next = from;
        while (next < to && orders[next].compareTo(order) < 0) {
            next++;
        }
        return next;
    }

    private void applyToInner(TreeNode.Inner inner, int from, int to, TreeRow into) {
        TreeRow children = new TreeRow(inner.width());
        boolean narrow = false;
        int kept = 0;
        int edit = from;
        while (edit < to) {
            int child = inner.childFor(orders[edit]);
            int next = child + 1 == inner.width() ? to : before(edit + 1, to, inner.firsts()[child + 1]);
            children.add(inner, kept, child);
            int changed = children.count();
            apply(inner.children()[child], edit, next, children);
            narrow |= children.isNarrow(changed);
            kept = child + 1;
            edit = next;
        }
        children.add(inner, kept, inner.width());
        if (narrow) {
            children.joinNarrow();
        }
        children.group(into);
    }
}
