package dev.weft.proxy.balance;

import java.util.List;
import java.util.Set;

/**
 * Targets that are equally near.
 *
 * @param name the same for the same tier of a later set
 * @param remoteCluster the other cluster that it is; empty for a tier of the own one
 * @param known the capacity that it would have with all of its endpoints usable (count)
 */
public record TargetTier(String name, String remoteCluster, Set<Target> members, int known) {
    public TargetTier {
        members = Set.copyOf(members);
    }

    /** Those of the set that belong here, in its order. */
    TargetSet within(TargetSet targets) {
        List<Target> within =
                targets.asList().stream().filter(members::contains).toList();
        return new TargetSet(within);
    }
}
