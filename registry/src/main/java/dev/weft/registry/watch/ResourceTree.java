package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable, ordered set of objects: by kind, then namespace, then name. A changed tree shares all but O(log n) nodes
 * with the one it came from, so keeping old ones for history, snapshots and readers is cheap. How it stays balanced, see
 * {@link TreeNode}.
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
        return TreeNode.weight(root);
    }

    /** How many steps lead to its deepest object: at most about 2.5 times the logarithm of its size. */
    int depth() {
        return TreeNode.depth(root);
    }

    public @Nullable Resource get(ResourceKey key) {
        TreeNode at = root;
        String order = key.order();
        while (at != null) {
            int side = order.compareTo(at.order);
            if (side == 0) {
                return at.value;
            }
            at = side < 0 ? at.left : at.right;
        }
        return null;
    }

    /** This tree with an object added, or put in the place of the one with the same key. */
    public ResourceTree with(Resource object) {
        return new ResourceTree(TreeNode.insert(root, object.key().order(), object));
    }

    /** This tree without an object; this tree itself if it is not in it. */
    public ResourceTree without(ResourceKey key) {
        return get(key) == null ? this : new ResourceTree(TreeNode.delete(root, key.order()));
    }

    /**
     * This tree after changes, of which later ones win: the union with them (Blelloch, Ferizovic and Sun 2016), which
     * goes once through what they touch, however many they are.
     */
    public ResourceTree after(List<Change> changes) {
        if (changes.size() == 1) {
            Change change = changes.get(0);
            Resource after = change.after();
            return after == null ? without(change.key()) : with(after);
        }
        TreeMap<String, Change> last = new TreeMap<>();
        changes.forEach(change -> last.put(change.key().order(), change));
        Change[] edits = last.values().toArray(Change[]::new);
        return new ResourceTree(TreeNode.union(root, edits, 0, edits.length));
    }

    /** A tree of these objects; quickest if they come in order, or in runs. Of two with the same key the later one counts. */
    public static ResourceTree of(List<Resource> objects) {
        List<Resource> ordered = new ArrayList<>(objects);
        ordered.sort(Comparator.comparing(Resource::key, ORDER));
        List<Resource> distinct = new ArrayList<>(ordered.size());
        for (int i = 0; i < ordered.size(); i++) {
            Resource object = ordered.get(i);
            if (i + 1 == ordered.size()
                    || !object.key().equals(ordered.get(i + 1).key())) {
                distinct.add(object);
            }
        }
        return new ResourceTree(TreeNode.built(distinct, 0, distinct.size()));
    }

    /** How many objects come before a place. */
    public int rank(ResourceKey place) {
        int before = 0;
        TreeNode at = root;
        String order = place.order();
        while (at != null) {
            if (order.compareTo(at.order) <= 0) {
                at = at.left;
            } else {
                before += TreeNode.weight(at.left) + 1;
                at = at.right;
            }
        }
        return before;
    }

    /** The objects from a place (inclusive) to another (exclusive), in order; a view, no copy. */
    public Iterable<Resource> range(ResourceKey from, ResourceKey to) {
        return () -> new TreeWalk(root, from, to);
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
