package dev.weft.deploy.server;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import dev.weft.registry.ClusterConfig;
import java.util.stream.StreamSupport;

/**
 * Tells once that the last process that keeps the cluster's data is no member any more. When it comes back it begins the
 * cluster anew, so whoever is left behind in the old one has to leave that and join again.
 */
final class StorageWatch {
    private StorageWatch() {}

    static Behavior<MemberEvent> create(Runnable gone) {
        return Behaviors.setup(context -> {
            Cluster cluster = Cluster.get(context.getSystem());
            ActorRef<MemberEvent> self = context.getSelf();
            cluster.subscriptions().tell(Subscribe.create(self, MemberEvent.class));
            return Behaviors.receive(MemberEvent.class)
                    .onMessage(MemberRemoved.class, removed -> {
                        if (!keeps(removed.member()) || hasStorage(cluster)) {
                            return Behaviors.same();
                        }
                        gone.run();
                        return Behaviors.stopped();
                    })
                    .onAnyMessage(other -> Behaviors.same())
                    .build();
        });
    }

    private static boolean hasStorage(Cluster cluster) {
        return StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .anyMatch(StorageWatch::keeps);
    }

    private static boolean keeps(Member member) {
        return member.hasRole(ClusterConfig.STORAGE_ROLE);
    }
}
