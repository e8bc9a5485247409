package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable, ordered set of objects: by kind, then namespace, then name. A changed tree shares all but O(log n) nodes
 * with the one it came from, so keeping old ones for history, snapshots and readers is cheap.
 *
 * <p>A B+ tree (Bayer and McCreight 1972; the leaves hold everything): a step of a search in a binary one is a cache miss or
 * three, and there were four times as many. The weights of its nodes also answer "how many follow".
 */
public final class ResourceTree {
    /** Nothing in it. */
    public static final ResourceTree EMPTY = new ResourceTree(null);

    /** The order of all trees. */
    public static final Comparator<ResourceKey> ORDER = Comparator.naturalOrder();

    private final @Nullable TreeNode root;

    private ResourceTree(@Nullable TreeNode root) {
        this.root = root;
    }

    public int size() {
        return root == null ? 0 : root.weight();
    }

    /** How many nodes lead to each of its objects. */
    int depth() {
        int depth = 0;
        TreeNode at = root;
        while (at != null) {
            depth++;
            at = at instanceof TreeNode.Inner inner ? inner.children()[0] : null;
        }
        return depth;
    }

    /** The object of this name; null if there is none. */
    public @Nullable Resource get(ResourceKey key) {
        String order = key.order();
        TreeNode at = root;
        while (at instanceof TreeNode.Inner inner) {
            at = inner.children()[inner.childFor(order)];
        }
        if (at instanceof TreeNode.Leaf leaf) {
            int place = leaf.place(0, order);
            return place < leaf.width() && leaf.orders()[place].equals(order) ? leaf.values()[place] : null;
        }
        return null;
    }

    /** This tree with an object added, or put in the place of the one with the same key. */
    public ResourceTree with(Resource object) {
        return new ResourceTree(TreeEdits.of(object.key().order(), object).appliedTo(root));
    }

    /** This tree without an object; this tree itself if it is not in it. */
    public ResourceTree without(ResourceKey key) {
        return get(key) == null
                ? this
                : new ResourceTree(TreeEdits.of(key.order(), null).appliedTo(root));
    }

    /** This tree after changes, of which later ones win. Goes once through what they touch, however many they are. */
    public ResourceTree after(List<Change> changes) {
        return changes.isEmpty() ? this : new ResourceTree(TreeEdits.of(changes).appliedTo(root));
    }

    /** A tree of these objects; quickest if they come in order, or in runs. Of two with the same key the later one counts. */
    public static ResourceTree of(List<Resource> objects) {
        List<Resource> ordered = new ArrayList<>(objects);
        ordered.sort(Comparator.comparing(Resource::key, ORDER));
        String[] orders = new String[ordered.size()];
        Resource[] values = new Resource[ordered.size()];
        int count = 0;
        for (Resource object : ordered) {
            String order = object.key().order();
            if (count > 0 && orders[count - 1].equals(order)) {
                count--;
            }
            orders[count] = order;
            values[count] = object;
            count++;
        }
        TreeRow leaves = new TreeRow(count / TreeNode.MOST + 1);
        leaves.add(orders, values, count);
        return new ResourceTree(TreeEdits.root(leaves));
    }

    /** How many objects come before a place. */
    public int rank(ResourceKey place) {
        String order = place.order();
        int before = 0;
        TreeNode at = root;
        while (at instanceof TreeNode.Inner inner) {
            int child = inner.childFor(order);
            for (int i = 0; i < child; i++) {
                before += inner.weights()[i];
            }
            at = inner.children()[child];
        }
        return at instanceof TreeNode.Leaf leaf ? before + leaf.place(0, order) : before;
    }

    /** The objects from a place (inclusive) to another (exclusive), in order; a view, no copy. */
    public Iterable<Resource> range(ResourceKey from, ResourceKey to) {
        return () -> new TreeWalk(root, from.order(), to.order());
    }

    /** The objects of a collection, in the order of namespace and name; a view, no copy. */
    public Iterable<Resource> range(Collection collection) {
        return range(first(collection), end(collection));
    }

    /** How many objects a collection has. */
    public int count(Collection collection) {
        return rank(end(collection)) - rank(first(collection));
    }

    /** Everything, in order; a view, no copy. */
    public Iterable<Resource> all() {
        return () -> new TreeWalk(root, null, null);
    }

    /** Before the first object of a collection. */
    static ResourceKey first(Collection collection) {
        return new ResourceKey(collection.type(), collection.namespace(), "");
    }

    /** After the last object of a collection. Names hold nothing below a hyphen, and 0 stands between the parts of a key. */
    static ResourceKey end(Collection collection) {
        ResourceType type = collection.type();
        return collection.namespace().isEmpty()
                ? new ResourceKey(new ResourceType(type.group(), type.plural() + '\1'), "", "")
                : new ResourceKey(type, collection.namespace() + '\1', "");
    }

    /** Right after one object. */
    static ResourceKey after(ResourceKey key) {
        return key.withName(key.name() + '\0');
    }
}
