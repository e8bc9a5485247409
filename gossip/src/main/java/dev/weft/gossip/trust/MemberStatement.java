package dev.weft.gossip.trust;

import akka.util.ByteString;

/**
 * A member's word that a name belongs to a key.
 *
 * @param cluster the name
 * @param key to which it belongs
 * @param admitted when the voucher said so, a hybrid timestamp
 * @param by name of the member that vouches; the cluster itself for one that founded a federation
 * @param signature of the voucher
 */
public record MemberStatement(String cluster, VerifyKey key, long admitted, String by, ByteString signature) {
    /** A cluster's word on itself. */
    public static MemberStatement founding(ClusterIdentity identity, long now) {
        return vouching(identity, identity.cluster(), identity.key(), now);
    }

    /** The voucher's word on another. */
    public static MemberStatement vouching(ClusterIdentity voucher, String cluster, VerifyKey key, long now) {
        return new MemberStatement(
                cluster, key, now, voucher.cluster(), voucher.sign(message(cluster, key, now, voucher.cluster())));
    }

    /** Whether it is a cluster's word on itself. */
    public boolean founding() {
        return by.equals(cluster);
    }

    /** Whether the voucher said so. */
    public boolean signedBy(VerifyKey voucher) {
        return voucher.signed(message(cluster, key, admitted, by), signature);
    }

    private static byte[] message(String cluster, VerifyKey key, long admitted, String by) {
        return new Statement("weft member 1")
                .add(cluster)
                .add(key.raw())
                .add(admitted)
                .add(by)
                .bytes();
    }
}
