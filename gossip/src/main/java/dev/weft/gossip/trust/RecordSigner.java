package dev.weft.gossip.trust;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.Sealer;

/** Signs what a cluster says: the states of its origins and the entries of its processes. */
public final class RecordSigner implements Sealer {
    private final ClusterIdentity identity;

    public RecordSigner(ClusterIdentity identity) {
        this.identity = identity;
    }

    @Override
    public ByteString seal(OriginId origin, long number, ByteString root) {
        return identity.sign(message(origin, number, root));
    }

    /** The entry with this cluster's word that it is so. */
    public Node sign(Node node) {
        return node.sealed(identity.sign(message(node)));
    }

    public static byte[] message(OriginId origin, long number, ByteString root) {
        return new Statement("weft seal 1")
                .add(origin.cluster())
                .add(origin.shard())
                .add(origin.incarnation())
                .add(number)
                .add(root)
                .bytes();
    }

    /** Heartbeats go unsigned while the process is there; its last word is signed with its number. */
    static byte[] message(Node node) {
        return new Statement("weft node 1")
                .add(node.id().cluster())
                .add(node.id().address().host())
                .add(node.id().address().port())
                .add(node.incarnation())
                .add(node.started())
                .add(node.presence().name())
                .add(node.presence() == Node.Presence.HERE ? 0 : node.beat())
                .bytes();
    }
}
