package dev.weft.deploy.server;

import java.util.Optional;

/**
 * How this process meets the others of its cluster.
 *
 * @param tls with what they prove themselves to each other; empty if they do not, which is for loopback only
 */
public record ClusterPeers(Optional<AkkaTls> tls) {
    /** Unencrypted, on loopback. */
    public static final ClusterPeers OPEN = new ClusterPeers(Optional.empty());
}
