package dev.weft.registry.federation;

import dev.weft.gossip.Member;
import dev.weft.gossip.Member.Freshness;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the other clusters' words are worth here at the moment, as far as imports depend on it.
 *
 * @param stale clusters whose endpoints rank behind those of others
 * @param withdrawn clusters whose exports do not count
 * @param clockOff clusters whose word on the age of an export does not count (it would win by being back-dated)
 */
record Standing(Set<String> stale, Set<String> withdrawn, Set<String> clockOff) {
    static final Standing GOOD = new Standing(Set.of(), Set.of(), Set.of());

    Standing {
        stale = Set.copyOf(stale);
        withdrawn = Set.copyOf(withdrawn);
        clockOff = Set.copyOf(clockOff);
    }

    /** What follows from the members as gossip sees them. */
    static Standing of(List<Member> members) {
        return new Standing(
                names(members, member -> member.freshness() == Freshness.STALE),
                names(members, member -> member.freshness() == Freshness.WITHDRAWN),
                names(members, Member::clockOff));
    }

    private static Set<String> names(List<Member> members, java.util.function.Predicate<Member> which) {
        return members.stream().filter(which).map(Member::cluster).collect(Collectors.toSet());
    }

    /** Whether the other says the same of a cluster. */
    boolean agrees(Standing other, String cluster) {
        return stale.contains(cluster) == other.stale.contains(cluster)
                && withdrawn.contains(cluster) == other.withdrawn.contains(cluster)
                && clockOff.contains(cluster) == other.clockOff.contains(cluster);
    }

    /** All clusters of which it says anything. */
    Set<String> named() {
        Set<String> all = new java.util.TreeSet<>(stale);
        all.addAll(withdrawn);
        all.addAll(clockOff);
        return all;
    }
}
