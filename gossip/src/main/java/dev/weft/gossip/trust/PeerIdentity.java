package dev.weft.gossip.trust;

/** Who the peer of a link proved to be: a name, and the key that vouches for its certificate. */
public record PeerIdentity(String cluster, VerifyKey key) {}
