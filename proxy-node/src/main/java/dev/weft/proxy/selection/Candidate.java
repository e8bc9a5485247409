package dev.weft.proxy.selection;

import java.util.Set;

/**
 * An endpoint of one service port, merged over all slices that name it.
 *
 * @param cluster where it lives; empty for this cluster
 * @param identity what stays the same wherever it is seen from: cluster and Pod uid, else cluster and address
 * @param local whether it is on this node
 * @param weight its share relative to others, 0 to 65535; 0 gets nothing while another is in choice ({@link Weighting})
 * @param stale whether what is known of it is old: it is used where nothing fresher is ready
 */
public record Candidate(
        String address,
        int port,
        String cluster,
        String identity,
        boolean ready,
        boolean serving,
        boolean terminating,
        boolean local,
        Set<String> hintNodes,
        Set<String> hintZones,
        int weight,
        boolean stale) {

    /** One of whom recent news is known. */
    public Candidate(
            String address,
            int port,
            String cluster,
            String identity,
            boolean ready,
            boolean serving,
            boolean terminating,
            boolean local,
            Set<String> hintNodes,
            Set<String> hintZones,
            int weight) {
        this(address, port, cluster, identity, ready, serving, terminating, local, hintNodes, hintZones, weight, false);
    }

    public Candidate {
        hintNodes = Set.copyOf(hintNodes);
        hintZones = Set.copyOf(hintZones);
    }

    /** On its way out but still answering: the fallback when nothing is ready. */
    public boolean servingTerminating() {
        return serving && terminating;
    }

    /** The same with another weight, 0 to 65535. */
    public Candidate weighing(int other) {
        return new Candidate(
                address,
                port,
                cluster,
                identity,
                ready,
                serving,
                terminating,
                local,
                hintNodes,
                hintZones,
                other,
                stale);
    }

    /** {@code address:port}, with brackets around IPv6. */
    public String authority() {
        return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
    }
}
