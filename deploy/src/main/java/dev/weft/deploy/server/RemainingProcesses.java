package dev.weft.deploy.server;

import akka.actor.typed.ActorSystem;
import akka.cluster.ClusterEvent.CurrentClusterState;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import dev.weft.registry.ClusterConfig;
import java.util.Collection;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Whether a process that stops leaves others behind, who can be told of it. */
final class RemainingProcesses {
    private static final Set<MemberStatus> STAYING = Set.of(MemberStatus.up(), MemberStatus.weaklyUp());
    private static final Set<MemberStatus> SERVING =
            Set.of(MemberStatus.up(), MemberStatus.weaklyUp(), MemberStatus.leaving(), MemberStatus.exiting());

    private RemainingProcesses() {}

    /**
     * A process of the cluster, as this one sees it.
     *
     * @param storage whether it holds shards
     * @param reachable as far as is known
     */
    record Seen(MemberStatus status, boolean storage, boolean reachable) {}

    /** Whether there are any now. */
    static boolean any(ActorSystem<?> system) {
        Cluster cluster = Cluster.get(system);
        CurrentClusterState state = cluster.state();
        Member self = cluster.selfMember();
        return any(
                seen(self, state),
                StreamSupport.stream(state.getMembers().spliterator(), false)
                        .filter(member -> !member.uniqueAddress().equals(self.uniqueAddress()))
                        .map(member -> seen(member, state))
                        .toList());
    }

    private static Seen seen(Member member, CurrentClusterState state) {
        return new Seen(
                member.status(),
                member.hasRole(ClusterConfig.STORAGE_ROLE),
                !state.getUnreachable().contains(member));
    }

    /** Whether somebody stays, and somebody can store it; one whom the others put out can tell them nothing. Pure. */
    static boolean any(Seen self, Collection<Seen> others) {
        boolean stays = others.stream().anyMatch(other -> other.reachable() && STAYING.contains(other.status()));
        boolean stored = self.storage()
                || others.stream()
                        .anyMatch(other -> other.storage() && other.reachable() && SERVING.contains(other.status()));
        return SERVING.contains(self.status()) && stays && stored;
    }
}
