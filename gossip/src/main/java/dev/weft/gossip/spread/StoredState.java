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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
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
        /** The time, whether the clock was off, the name of the degree. */
        byte[] bytes() {
            byte[] degree = progress.degree().name().getBytes(StandardCharsets.US_ASCII);
            return ByteBuffer.allocate(Long.BYTES + 1 + degree.length)
                    .putLong(progress.at().toEpochMilli())
                    .put((byte) (clockOff ? 1 : 0))
                    .put(degree)
                    .array();
        }

        static Optional<Mark> of(String cluster, byte[] stored) {
            if (stored.length <= Long.BYTES) {
                return Optional.empty();
            }
            ByteBuffer bytes = ByteBuffer.wrap(stored);
            Instant at = Instant.ofEpochMilli(bytes.getLong());
            boolean off = bytes.get() == 1;
            String name = StandardCharsets.US_ASCII.decode(bytes).toString();
            return Arrays.stream(Freshness.values())
                    .filter(degree -> degree.name().equals(name))
                    .findFirst()
                    .map(degree -> new Mark(new DataProgress.Mark(cluster, at, degree), off));
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
