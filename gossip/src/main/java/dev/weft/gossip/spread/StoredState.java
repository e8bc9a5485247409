package dev.weft.gossip.spread;

import akka.util.ByteString;
import dev.weft.gossip.member.DataProgress;
import dev.weft.gossip.member.Freshness;
import dev.weft.gossip.member.Node;
import dev.weft.gossip.origin.OriginState;
import dev.weft.gossip.trust.Expulsion;
import dev.weft.gossip.trust.Invitations;
import dev.weft.gossip.trust.MemberStatement;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What an earlier life left behind.
 *
 * @param incarnation of the own cluster; empty in the first life
 * @param clean whether the earlier life stopped after all was written
 * @param key of the own cluster in that life; empty in the first life
 * @param marks how far others were
 * @param departed what this process said last when its cluster left; empty where it did not, or joined again
 */
record StoredState(
        OptionalLong incarnation,
        boolean clean,
        Optional<ByteString> key,
        List<OriginState> origins,
        List<Node> nodes,
        List<MemberStatement> members,
        List<Expulsion> expulsions,
        List<Invitations.Invitation> invitations,
        List<Mark> marks,
        Optional<Node> departed) {
    StoredState {
        origins = List.copyOf(origins);
        nodes = List.copyOf(nodes);
        members = List.copyOf(members);
        expulsions = List.copyOf(expulsions);
        invitations = List.copyOf(invitations);
        marks = List.copyOf(marks);
    }

    /**
     * What was thought of another cluster.
     *
     * @param clockOff whether its clock was too far behind
     */
    record Mark(DataProgress.Mark progress, boolean clockOff) {
        byte[] bytes() {
            return ByteBuffer.allocate(Long.BYTES + 2)
                    .putLong(progress.at().toEpochMilli())
                    .put((byte) progress.degree().ordinal())
                    .put((byte) (clockOff ? 1 : 0))
                    .array();
        }

        static Optional<Mark> of(String cluster, byte[] stored) {
            if (stored.length != Long.BYTES + 2) {
                return Optional.empty();
            }
            ByteBuffer bytes = ByteBuffer.wrap(stored);
            Instant at = Instant.ofEpochMilli(bytes.getLong());
            int degree = bytes.get();
            if (degree < 0 || degree >= Freshness.values().length) {
                return Optional.empty();
            }
            boolean off = bytes.get() == 1;
            return Optional.of(new Mark(new DataProgress.Mark(cluster, at, Freshness.values()[degree]), off));
        }
    }

    /** The same for a cluster that has another key now: its own life begins anew. */
    StoredState anew() {
        return new StoredState(
                OptionalLong.empty(),
                false,
                Optional.empty(),
                origins,
                nodes,
                members,
                expulsions,
                List.of(),
                marks,
                Optional.empty());
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
