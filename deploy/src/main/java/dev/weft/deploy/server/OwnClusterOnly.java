package dev.weft.deploy.server;

import dev.weft.registry.ClusterMember;
import dev.weft.registry.FederationView;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What a process without gossip sees of the federation: its own cluster. */
record OwnClusterOnly(String cluster) implements FederationView {
    @Override
    public CompletionStage<List<ClusterMember>> members() {
        return CompletableFuture.completedStage(
                List.of(new ClusterMember(cluster, List.of(), "Alive", null, 0, null, true)));
    }
}
