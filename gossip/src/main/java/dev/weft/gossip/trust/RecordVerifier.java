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
    private final SignatureCheck check;

    /**
     * @param keys the key of a cluster by its name; null where it is no member
     * @param check usually {@link VerifyKey#signed}
     */
    public RecordVerifier(Function<String, @Nullable VerifyKey> keys, SignatureCheck check) {
        this.keys = keys;
        this.check = check;
    }

    @Override
    public boolean holds(OriginId origin, long number, ByteString root, ByteString seal) {
        VerifyKey key = keys.apply(origin.cluster());
        return key != null && check.signed(key, RecordSigner.message(origin, number, root), seal);
    }

    /** Whether the cluster of a process says so itself. */
    public boolean holds(Node node) {
        VerifyKey key = keys.apply(node.id().cluster());
        return key != null && check.signed(key, RecordSigner.message(node), node.seal());
    }
}
