package dev.weft.deploy.server;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import dev.weft.registry.ClusterConfig;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells once that the last process that keeps the cluster's data is no member any more. When it comes back it begins the
 * cluster anew, so whoever is left behind in the old one has to leave that and join again.
 */
final class StorageWatch {
    private StorageWatch() {}

    static Behavior<MemberEvent> create(Runnable gone) {
        return Behaviors.setup(context -> {
            ActorRef<MemberEvent> self = context.getSelf();
            // Tells of those who are members already, too.
            Cluster.get(context.getSystem()).subscriptions().tell(Subscribe.create(self, MemberEvent.class));
            return watching(new HashSet<>(), gone);
        });
    }

    /** Counts for itself: the cluster's own picture may still lack the event that is being told. */
    private static Behavior<MemberEvent> watching(Set<UniqueAddress> keepers, Runnable gone) {
        return Behaviors.receive(MemberEvent.class)
                .onMessage(MemberRemoved.class, removed -> {
                    if (!keepers.remove(removed.member().uniqueAddress()) || !keepers.isEmpty()) {
                        return Behaviors.same();
                    }
                    gone.run();
                    return Behaviors.stopped();
                })
                .onAnyMessage(other -> {
                    if (other.member().hasRole(ClusterConfig.STORAGE_ROLE)) {
                        keepers.add(other.member().uniqueAddress());
                    }
                    return Behaviors.same();
                })
                .build();
    }
}
