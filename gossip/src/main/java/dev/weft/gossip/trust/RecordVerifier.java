package dev.weft.gossip.trust;

import akka.util.ByteString;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.OriginId;
import dev.weft.gossip.origin.SealCheck;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks what was signed by {@link RecordSigner}, with the keys of the present members. */
public final class RecordVerifier implements SealCheck {
    private final Function<String, @Nullable VerifyKey> keys;

    /**
     * @param keys the key of a cluster by its name; null where it is no member
     */
    public RecordVerifier(Function<String, @Nullable VerifyKey> keys) {
        this.keys = keys;
    }

    @Override
    public boolean holds(OriginId origin, long number, ByteString root, ByteString seal) {
        VerifyKey key = keys.apply(origin.cluster());
        return key != null && key.signed(RecordSigner.message(origin, number, root), seal);
    }

    /** Whether the cluster of a process says so itself. */
    public boolean holds(Node node) {
        VerifyKey key = keys.apply(node.id().cluster());
        return key != null && key.signed(RecordSigner.message(node), node.seal());
    }
}
