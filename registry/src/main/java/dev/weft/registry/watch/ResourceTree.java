package dev.weft.registry.watch;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable, ordered set of objects: by kind, then namespace, then name. A changed tree shares all but O(log n) nodes
 * with the one it came from, so keeping old ones for history, snapshots and readers is cheap.
 *
 * <p>A weight-balanced tree (Adams 1993, with the parameters of Hirai and Yamamoto 2011: 3 and 2); the weights also
 * answer "how many follow".
 */
public final class ResourceTree {
    /** Nothing in it. */
    public static final ResourceTree EMPTY = new ResourceTree(null);

    /** The order of all trees. */
    public static final Comparator<ResourceKey> ORDER = Comparator.naturalOrder();

    private static final int DELTA = 3;
    private static final int RATIO = 2;

    private final @Nullable Node root;

    private ResourceTree(@Nullable Node root) {
        this.root = root;
    }

    public int size() {
        return weight(root);
    }

    /** How many steps lead to its deepest object: at most about 2.5 times the logarithm of its size. */
    int depth() {
        return depth(root);
    }

    private static int depth(@Nullable Node at) {
        return at == null ? 0 : 1 + Math.max(depth(at.left), depth(at.right));
    }

    public @Nullable Resource get(ResourceKey key) {
        Node at = root;
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
        return new ResourceTree(insert(root, object.key().order(), object));
    }

    /** This tree without an object; this tree itself if it is not in it. */
    public ResourceTree without(ResourceKey key) {
        return get(key) == null ? this : new ResourceTree(delete(root, key.order()));
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
        return new ResourceTree(union(root, edits, 0, edits.length));
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
        return new ResourceTree(built(distinct, 0, distinct.size()));
    }

    /** How many objects come before a place. */
    public int rank(ResourceKey place) {
        int before = 0;
        Node at = root;
        String order = place.order();
        while (at != null) {
            if (order.compareTo(at.order) <= 0) {
                at = at.left;
            } else {
                before += weight(at.left) + 1;
                at = at.right;
            }
        }
        return before;
    }

    /** The objects from a place (inclusive) to another (exclusive), in order; a view, no copy. */
    public Iterable<Resource> range(ResourceKey from, ResourceKey to) {
        return () -> new Walk(root, from, to);
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
        return () -> new Walk(root, null, null);
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

    private static int weight(@Nullable Node node) {
        return node == null ? 0 : node.weight;
    }

    private static Node insert(@Nullable Node at, String order, Resource object) {
        if (at == null) {
            return new Node(null, object, null);
        }
        int side = order.compareTo(at.order);
        if (side == 0) {
            return new Node(at.left, object, at.right);
        }
        return side < 0
                ? balanced(insert(at.left, order, object), at.value, at.right)
                : balanced(at.left, at.value, insert(at.right, order, object));
    }

    private static @Nullable Node delete(@Nullable Node at, String order) {
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

    private static Resource smallest(Node node) {
        Node at = node;
        while (at.left != null) {
            at = at.left;
        }
        return at.value;
    }

    private static Node balanced(@Nullable Node left, Resource value, @Nullable Node right) {
        int l = weight(left) + 1;
        int r = weight(right) + 1;
        if (right != null && r > DELTA * l) {
            return rotatedLeft(left, value, right);
        }
        if (left != null && l > DELTA * r) {
            return rotatedRight(left, value, right);
        }
        return new Node(left, value, right);
    }

    private static Node rotatedLeft(@Nullable Node left, Resource value, Node right) {
        Node inner = right.left;
        if (inner == null || weight(inner) + 1 < RATIO * (weight(right.right) + 1)) {
            return new Node(new Node(left, value, inner), right.value, right.right);
        }
        return new Node(
                new Node(left, value, inner.left), inner.value, new Node(inner.right, right.value, right.right));
    }

    private static Node rotatedRight(Node left, Resource value, @Nullable Node right) {
        Node inner = left.right;
        if (inner == null || weight(inner) + 1 < RATIO * (weight(left.left) + 1)) {
            return new Node(left.left, left.value, new Node(inner, value, right));
        }
        return new Node(new Node(left.left, left.value, inner.left), inner.value, new Node(inner.right, value, right));
    }

    private static @Nullable Node built(List<Resource> ordered, int from, int to) {
        if (from == to) {
            return null;
        }
        int middle = (from + to) >>> 1;
        return new Node(built(ordered, from, middle), ordered.get(middle), built(ordered, middle + 1, to));
    }

    private static @Nullable Node union(@Nullable Node at, Change[] edits, int from, int to) {
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
        Node left = union(at.left, edits, from, here);
        Node right = union(at.right, edits, edited ? here + 1 : here, to);
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
    private static Node joined(@Nullable Node left, Resource value, @Nullable Node right) {
        if (right != null && weight(right) + 1 > DELTA * (weight(left) + 1)) {
            return balanced(joined(left, value, right.left), right.value, right.right);
        }
        if (left != null && weight(left) + 1 > DELTA * (weight(right) + 1)) {
            return balanced(left.left, left.value, joined(left.right, value, right));
        }
        return new Node(left, value, right);
    }

    private static @Nullable Node joined(@Nullable Node left, @Nullable Node right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        Resource smallest = smallest(right);
        return joined(left, smallest, delete(right, smallest.key().order()));
    }

    private static final class Node {
        private final @Nullable Node left;
        private final String order;
        private final Resource value;
        private final @Nullable Node right;
        private final int weight;

        Node(@Nullable Node left, Resource value, @Nullable Node right) {
            this.left = left;
            this.order = value.key().order();
            this.value = value;
            this.right = right;
            this.weight = ResourceTree.weight(left) + ResourceTree.weight(right) + 1;
        }
    }

    private static final class Walk implements Iterator<Resource> {
        private final ArrayDeque<Node> path = new ArrayDeque<>();
        private final @Nullable String to;

        Walk(@Nullable Node root, @Nullable ResourceKey from, @Nullable ResourceKey to) {
            this.to = to == null ? null : to.order();
            String start = from == null ? null : from.order();
            Node at = root;
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
            Node next = path.peek();
            return next != null && (to == null || next.order.compareTo(to) < 0);
        }

        @Override
        public Resource next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Node next = path.pop();
            Node at = next.right;
            while (at != null) {
                path.push(at);
                at = at.left;
            }
            return next.value;
        }
    }
}
