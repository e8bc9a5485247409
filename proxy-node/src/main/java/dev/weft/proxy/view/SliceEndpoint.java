package dev.weft.proxy.view;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of an EndpointSlice; absent conditions are already resolved (rule EPS-2).
 *
 * @param address its first address, the only one that is used (rule EPS-7)
 * @param targetUid the uid of the object behind it, mostly a Pod; null when the slice names none
 * @param weight its share relative to other endpoints, 0 to 65535; 0 gets nothing while another is in choice
 * @param weightSaid whether the slice says the weight; that of its Pod counts where it does not
 * @param hostname the name that DNS knows it by; null when the slice gives none
 */
public record SliceEndpoint(
        String address,
        boolean ready,
        boolean serving,
        boolean terminating,
        @Nullable String nodeName,
        @Nullable String zone,
        Set<String> hintNodes,
        Set<String> hintZones,
        @Nullable String targetUid,
        int weight,
        boolean weightSaid,
        @Nullable String hostname) {

    public SliceEndpoint {
        hintNodes = Set.copyOf(hintNodes);
        hintZones = Set.copyOf(hintZones);
    }

    /** An endpoint without a hostname of its own. */
    public SliceEndpoint(
            String address,
            boolean ready,
            boolean serving,
            boolean terminating,
            @Nullable String nodeName,
            @Nullable String zone,
            Set<String> hintNodes,
            Set<String> hintZones,
            @Nullable String targetUid,
            int weight) {
        this(address, ready, serving, terminating, nodeName, zone, hintNodes, hintZones, targetUid, weight, true, null);
    }

    /** The same with what its Pod says of its weight, if the slice says nothing. */
    SliceEndpoint weighed(Map<String, Integer> podWeights) {
        int now = weightSaid || targetUid == null ? weight : podWeights.getOrDefault(targetUid, 1);
        return now == weight
                ? this
                : new SliceEndpoint(
                        address,
                        ready,
                        serving,
                        terminating,
                        nodeName,
                        zone,
                        hintNodes,
                        hintZones,
                        targetUid,
                        now,
                        weightSaid,
                        hostname);
    }
}
