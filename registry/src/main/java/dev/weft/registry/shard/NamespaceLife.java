package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.Collection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Namespaces of a shard: nothing is made outside of one, and one that is deleted is emptied in steps of bounded size, then
 * goes. Which of them are going is remembered between steps.
 */
final class NamespaceLife {
    private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

    private final KindCatalog kinds;
    private final int limit;
    private final TreeSet<String> terminating = new TreeSet<>();

    /** @param limit how many objects are removed in one step */
    NamespaceLife(KindCatalog kinds, int limit) {
        this.kinds = kinds;
        this.limit = limit;
    }

    /** Learns which namespaces are going, after a restart. */
    void start(ShardState state) {
        for (Resource namespace : state.objects().range(Collection.everywhere(Placement.NAMESPACES))) {
            note(namespace);
        }
    }

    /** Learns of new deletions. */
    void note(List<Change> changes) {
        for (Change change : changes) {
            Resource after = change.after();
            if (after != null && after.key().type().equals(Placement.NAMESPACES)) {
                note(after);
            }
        }
    }

    private void note(Resource namespace) {
        if (Deletion.isTerminating(namespace.json().toTree())) {
            terminating.add(namespace.key().name());
        }
    }

    /** Whether an object is a namespace that nobody may delete, as in Kubernetes. */
    boolean isImmortal(ResourceKey key) {
        return key.type().equals(Placement.NAMESPACES) && IMMORTAL.contains(key.name());
    }

    /** Why nothing can be made under a key, if so. */
    Optional<Refusal> refusal(ShardStep step, ResourceKey key) {
        if (key.namespace().isEmpty()) {
            return Optional.empty();
        }
        ResourceKey namespace = new ResourceKey(Placement.NAMESPACES, "", key.namespace());
        if (step.get(namespace) == null) {
            return Optional.of(Refusal.notFound(namespace));
        }
        // Those that were marked earlier in this very step are not noted yet.
        return terminating.contains(key.namespace()) || isMarkedIn(step, namespace)
                ? Optional.of(Deletion.namespaceTerminating(key))
                : Optional.empty();
    }

    private static boolean isMarkedIn(ShardStep step, ResourceKey namespace) {
        Resource present = step.get(namespace);
        return present != null && step.hasPut(present) && Deletion.isTerminating(step.tree(present));
    }

    /** Takes the namespaces that are going a step further; true if there is more to do at once. */
    boolean advance(ShardStep step, Instant now) {
        int left = limit;
        for (String name : List.copyOf(terminating)) {
            Resource namespace = step.get(new ResourceKey(Placement.NAMESPACES, "", name));
            if (namespace == null) {
                terminating.remove(name);
                continue;
            }
            left -= empty(step, name, left, now);
            if (left <= 0) {
                return true;
            }
            if (isEmpty(step, name)) {
                finish(step, namespace, now);
            } else if (Deletion.isReleased(namespace.json().toTree())) {
                // Somebody finalized it by hand: what still has finalizers of its own outlives it, as in Kubernetes.
                step.remove(namespace);
                terminating.remove(name);
            } else if (isNews(step, namespace)) {
                tell(step, namespace, now);
            }
        }
        return false;
    }

    private int empty(ShardStep step, String namespace, int limit, Instant now) {
        int done = 0;
        for (ResourceKind kind : kinds.all()) {
            if (!kind.namespaced()) {
                continue;
            }
            // A view of the state before the step: what is removed meanwhile does not disturb it.
            for (Resource object : step.list(kind.type(), namespace)) {
                if (done >= limit) {
                    return done;
                }
                done += delete(step, kind, object, now) ? 1 : 0;
            }
        }
        return done;
    }

    private static boolean delete(ShardStep step, ResourceKind kind, Resource object, Instant now) {
        Deletion.Decision decision = Deletion.decide(kind, object, Write.Deletion.DEFAULT, now);
        if (decision instanceof Deletion.Decision.Removed) {
            step.remove(object);
            return true;
        }
        if (decision instanceof Deletion.Decision.Marked marked) {
            step.put(object.key(), marked.object());
            return true;
        }
        return false;
    }

    private boolean isEmpty(ShardStep step, String namespace) {
        return kinds.all().stream()
                .noneMatch(kind ->
                        kind.namespaced() && !step.list(kind.type(), namespace).isEmpty());
    }

    private void finish(ShardStep step, Resource namespace, Instant now) {
        ObjectNode before = namespace.json().toTree();
        ObjectNode emptied = Deletion.namespaceEmptied(before);
        if (Deletion.isReleased(emptied)) {
            step.remove(namespace);
            terminating.remove(namespace.key().name());
            return;
        }
        NamespaceConditions.EMPTY.writeTo(emptied, now);
        if (!emptied.equals(before)) {
            step.put(namespace.key(), emptied);
        }
    }

    /** Whether what a Namespace says of what holds it may not be true any more. */
    private static boolean isNews(ShardStep step, Resource namespace) {
        String name = namespace.key().name();
        return step.changes().stream()
                        .anyMatch(change -> change.key().namespace().equals(name)
                                || change.key().equals(namespace.key()))
                || !namespace.json().mentions("\"NamespaceContentRemaining\"");
    }

    private void tell(ShardStep step, Resource namespace, Instant now) {
        ObjectNode before = namespace.json().toTree();
        ObjectNode after = before.deepCopy();
        NamespaceConditions.of(step, kinds.all(), namespace.key().name(), limit).writeTo(after, now);
        if (!after.equals(before)) {
            step.put(namespace.key(), after);
        }
    }
}
