package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Goes through a piece of a {@link ResourceTree}, in order. */
final class TreeWalk implements Iterator<Resource> {
    private final @Nullable String to;
    /** The nodes on the way to the leaf, and which child comes next in each. */
    private final List<TreeNode.Inner> path = new ArrayList<>();

    private final List<Integer> next = new ArrayList<>();
    private TreeNode.Leaf leaf = TreeNode.Leaf.EMPTY;
    private int place;

    /**
     * From a place (inclusive) to another (exclusive).
     *
     * @param from from the beginning if null
     * @param to to the end if null
     */
    TreeWalk(@Nullable TreeNode root, @Nullable String from, @Nullable String to) {
        this.to = to;
        TreeNode at = root;
        while (at instanceof TreeNode.Inner inner) {
            int child = from == null ? 0 : inner.childFor(from);
            path.add(inner);
            next.add(child + 1);
            at = inner.children()[child];
        }
        if (at instanceof TreeNode.Leaf first) {
            leaf = first;
            place = from == null ? 0 : first.place(0, from);
            settle();
        }
    }

    /** Goes to the next leaf where this one has no more. */
    private void settle() {
        if (place < leaf.width()) {
            return;
        }
        int depth = path.size() - 1;
        while (depth >= 0 && next.get(depth) == path.get(depth).width()) {
            path.remove(depth);
            next.remove(depth);
            depth--;
        }
        if (depth < 0) {
            leaf = TreeNode.Leaf.EMPTY;
            place = 0;
            return;
        }
        TreeNode at = path.get(depth).children()[next.get(depth)];
        next.set(depth, next.get(depth) + 1);
        while (at instanceof TreeNode.Inner inner) {
            path.add(inner);
            next.add(1);
            at = inner.children()[0];
        }
        leaf = (TreeNode.Leaf) at;
        place = 0;
    }

    @Override
    public boolean hasNext() {
        return place < leaf.width() && (to == null || leaf.orders()[place].compareTo(to) < 0);
    }

    @Override
    public Resource next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Resource value = leaf.values()[place];
        place++;
        settle();
        return value;
    }
}
