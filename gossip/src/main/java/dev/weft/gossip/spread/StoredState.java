package dev.weft.gossip.spread;

import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.OriginState;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier life left behind.
 *
 * @param incarnation of the own cluster; empty in the first life
 * @param clean whether the earlier life stopped after all was written
 */
record StoredState(OptionalLong incarnation, boolean clean, List<OriginState> origins, List<Node> nodes) {
    StoredState {
        origins = List.copyOf(origins);
        nodes = List.copyOf(nodes);
    }

    static OptionalLong incarnation(byte @Nullable [] stored) {
        return stored == null || stored.length != Long.BYTES
                ? OptionalLong.empty()
                : OptionalLong.of(ByteBuffer.wrap(stored).getLong());
    }

    static byte[] bytes(long incarnation) {
        return ByteBuffer.allocate(Long.BYTES).putLong(incarnation).array();
    }
}
