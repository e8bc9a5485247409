package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Goes through the objects of a tree in order, from one place (inclusive) to another (exclusive). */
final class TreeWalk implements Iterator<Resource> {
    private final ArrayDeque<TreeNode> path = new ArrayDeque<>();
    private final @Nullable String to;

    /**
     * @param from null for the first
     * @param to null for the end
     */
    TreeWalk(@Nullable TreeNode root, @Nullable ResourceKey from, @Nullable ResourceKey to) {
        this.to = to == null ? null : to.order();
        String start = from == null ? null : from.order();
        TreeNode at = root;
        while (at != null) {
            if (start == null || start.compareTo(at.order) <= 0) {
                path.push(at);
                at = at.left;
            } else {
                at = at.right;
            }
        }
    }

    @Override
    public boolean hasNext() {
        TreeNode next = path.peek();
        return next != null && (to == null || next.order.compareTo(to) < 0);
    }

    @Override
    public Resource next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        TreeNode next = path.pop();
        TreeNode at = next.right;
        while (at != null) {
            path.push(at);
            at = at.left;
        }
        return next.value;
    }
}
