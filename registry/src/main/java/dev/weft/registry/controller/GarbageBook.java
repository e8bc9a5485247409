package dev.weft.registry.controller;

import dev.weft.registry.controller.Dependant.Owner;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which objects depend on which, and which owners wait for their dependants before they go. Mutable, for one thread; the
 * cost of a change does not grow with the number of objects.
 */
final class GarbageBook {
    private final KindCatalog kinds;
    private final Map<ResourceKey, Dependant> dependants = new HashMap<>();
    private final Map<ResourceKey, Set<ResourceKey>> byOwner = new HashMap<>();
    private final Set<ResourceKey> leaving = new HashSet<>();

    GarbageBook(KindCatalog kinds) {
        this.kinds = kinds;
    }

    /**
     * Takes over what an object became.
     *
     * @return who should be judged now: itself if it depends on others or is a leaving owner; its dependants if it goes or
     *     is leaving; owners that may have waited for it
     */
    Set<ResourceKey> apply(ResourceKey key, @Nullable Resource after) {
        Set<ResourceKey> suspects = new LinkedHashSet<>();
        Dependant now = after == null ? null : Dependant.read(after, kinds);
        Dependant before = now == null ? dependants.remove(key) : dependants.put(key, now);
        if (!Objects.equals(before, now)) {
            unlink(before, suspects);
            link(now, suspects);
        }
        boolean leaves = after != null && isLeaving(after);
        if (leaves) {
            leaving.add(key);
            suspects.add(key);
        } else {
            leaving.remove(key);
        }
        if (leaves || after == null) {
            suspects.addAll(byOwner.getOrDefault(key, Set.of()));
        }
        return suspects;
    }

    private void unlink(@Nullable Dependant before, Set<ResourceKey> suspects) {
        if (before != null) {
            for (Owner owner : before.owners()) {
                byOwner.computeIfPresent(
                        owner.key(), (same, all) -> all.remove(before.key()) && all.isEmpty() ? null : all);
                if (leaving.contains(owner.key())) {
                    suspects.add(owner.key());
                }
            }
        }
    }

    private void link(@Nullable Dependant now, Set<ResourceKey> suspects) {
        if (now != null) {
            for (Owner owner : now.owners()) {
                byOwner.computeIfAbsent(owner.key(), none -> new LinkedHashSet<>())
                        .add(now.key());
            }
            suspects.add(now.key());
        }
    }

    private static boolean isLeaving(Resource object) {
        if (!object.json().mentions("deletionTimestamp")) {
            return false;
        }
        var tree = object.json().toTree();
        return Deletion.isTerminating(tree)
                && (GarbageVerdict.holds(tree, Deletion.FOREGROUND_FINALIZER)
                        || GarbageVerdict.holds(tree, Deletion.ORPHAN_FINALIZER));
    }

    /** What is known of a dependant; null if it is gone or depends on nobody. */
    @Nullable
    Dependant find(ResourceKey key) {
        return dependants.get(key);
    }

    /** Whether an owner waits for its dependants. */
    boolean isLeaving(ResourceKey key) {
        return leaving.contains(key);
    }

    /** Everything that names an object of this key as an owner. */
    List<Dependant> of(ResourceKey owner) {
        List<Dependant> all = new ArrayList<>();
        for (ResourceKey key : byOwner.getOrDefault(owner, Set.of())) {
            Dependant dependant = dependants.get(key);
            if (dependant != null) {
                all.add(dependant);
            }
        }
        return all;
    }

    /** Every object that the book says anything of. */
    Set<ResourceKey> all() {
        Set<ResourceKey> all = new LinkedHashSet<>(dependants.keySet());
        all.addAll(leaving);
        return all;
    }
}
