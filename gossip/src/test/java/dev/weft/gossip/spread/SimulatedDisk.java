package dev.weft.gossip.spread;

import dev.weft.gossip.trust.ClusterIdentity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store whose writes can be lost, as after a crash. */
final class SimulatedDisk implements Storage {
    final Map<String, byte[]> entries = new HashMap<>();
    boolean losing;
    private @Nullable ClusterIdentity identity;

    SimulatedDisk() {}

    /** With what an earlier life left. */
    SimulatedDisk(ClusterIdentity own, Map<String, byte[]> left) {
        identity = own;
        entries.putAll(left);
    }

    /** Of one of several processes of a cluster. */
    SimulatedDisk(ClusterIdentity shared) {
        identity = shared;
    }

    ClusterIdentity identity(String cluster, SplittableRandom chance) {
        ClusterIdentity known = identity;
        if (known == null) {
            known = ClusterIdentity.create(cluster, chance::nextBytes);
            identity = known;
        }
        return known;
    }

    @Override
    public CompletionStage<Map<String, byte[]>> load() {
        return CompletableFuture.completedFuture(Map.copyOf(entries));
    }

    @Override
    public CompletionStage<Void> write(Map<String, byte[]> puts, List<String> deletes) {
        if (!losing) {
            entries.putAll(puts);
            deletes.forEach(entries::remove);
        }
        return CompletableFuture.completedFuture(null);
    }
}
