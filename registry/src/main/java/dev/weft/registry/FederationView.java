package dev.weft.registry;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The federation as this node sees it. */
public interface FederationView {
    /** All members, this cluster included, by name. */
    CompletionStage<List<ClusterMember>> members();
}
