package dev.weft.registry.controller;

import dev.weft.registry.controller.Dependant.Owner;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which dependants there are, and which of them must be judged because an owner may be gone. Mutable, for one thread;
 * the cost of a change does not grow with the number of objects.
 */
final class OrphanBook {
    private final Function<Resource, @Nullable Dependant> reader;
    private final Map<ResourceKey, Dependant> dependants = new HashMap<>();
    private final Map<ResourceKey, Set<ResourceKey>> byOwner = new HashMap<>();

    /** @param reader whom an object depends on; null for nobody */
    OrphanBook(Function<Resource, @Nullable Dependant> reader) {
        this.reader = reader;
    }

    /**
     * Takes over what an object became.
     *
     * @return the dependants that should be judged now: itself if it is new, those of an owner that went
     */
    List<ResourceKey> apply(ResourceKey key, @Nullable Resource after) {
        forget(key);
        Set<ResourceKey> suspects = new LinkedHashSet<>();
        Dependant dependant = after == null ? null : reader.apply(after);
        if (dependant != null) {
            dependants.put(key, dependant);
            for (Owner owner : dependant.owners()) {
                byOwner.computeIfAbsent(owner.key(), none -> new LinkedHashSet<>())
                        .add(key);
            }
            suspects.add(key);
        }
        if (after == null) {
            suspects.addAll(byOwner.getOrDefault(key, Set.of()));
        }
        return new ArrayList<>(suspects);
    }

    private void forget(ResourceKey key) {
        Dependant before = dependants.remove(key);
        if (before != null) {
            for (Owner owner : before.owners()) {
                byOwner.computeIfPresent(owner.key(), (same, all) -> all.remove(key) && all.isEmpty() ? null : all);
            }
        }
    }

    /** What is known of a dependant; null if it is gone or depends on nobody. */
    @Nullable
    Dependant find(ResourceKey key) {
        return dependants.get(key);
    }

    /** Whether none of the owners is there. */
    static boolean orphaned(Dependant dependant, Map<ResourceKey, Resource> present) {
        return dependant.owners().stream().noneMatch(owner -> owner.is(present.get(owner.key())));
    }
}
