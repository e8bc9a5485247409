package dev.weft.registry;

import dev.weft.registry.resource.FederatedService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The federation as this node sees it. */
public interface FederationView {
    /** All members, this cluster included, by name. */
    CompletionStage<List<ClusterMember>> members();

    /** What all members export, by namespace and name; what has not changed since the last time is the same object. */
    default CompletionStage<List<FederatedService>> services() {
        return CompletableFuture.completedStage(List.of());
    }
}
