package dev.weft.proxy.balance;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An immutable set of targets in choice, in a stable order: those that stay keep their order, new ones come last. */
public final class TargetSet {
    /** Up to so many are looked through as quickly as an index is built for them. */
    private static final int FEW = 16;

    private final Target[] targets;
    /** Null for few. */
    private final @Nullable Set<Target> members;

    public TargetSet(List<Target> targets) {
        this.targets = targets.toArray(Target[]::new);
        this.members = targets.size() > FEW ? Collections.newSetFromMap(new IdentityHashMap<>()) : null;
        if (members != null) {
            members.addAll(targets);
        }
    }

    public int size() {
        return targets.length;
    }

    public Target get(int index) {
        return targets[index];
    }

    public boolean contains(Target target) {
        return members == null ? indexOf(target) >= 0 : members.contains(target);
    }

    /** Where it stands; -1 for a target that is none of them. */
    public int indexOf(Target target) {
        for (int index = 0; index < targets.length; index++) {
            if (targets[index] == target) {
                return index;
            }
        }
        return -1;
    }

    /** As an unmodifiable list. */
    public List<Target> asList() {
        return Collections.unmodifiableList(Arrays.asList(targets));
    }

    /** In the order of their identities: the same on every node, whatever order they came in. */
    Target[] byIdentity() {
        Target[] sorted = targets.clone();
        Arrays.sort(sorted, (one, other) -> {
            int byHash = Long.compareUnsigned(one.identityHash(), other.identityHash());
            return byHash != 0 ? byHash : one.identity().compareTo(other.identity());
        });
        return sorted;
    }
}
