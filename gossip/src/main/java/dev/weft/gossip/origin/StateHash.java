package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Equality that crosses machines: SHA-256 over sorted, length-prefixed bytes, whatever the order of insertion was. */
public final class StateHash {
    private StateHash() {}

    /** 32 bytes that say how far someone is with each origin; equal for two who have nothing to tell each other. */
    public static ByteString root(Collection<OriginDigest> digests) {
        MessageDigest sha = Sha256.begin();
        List<OriginDigest> sorted = digests.stream()
                .sorted(Comparator.comparing(OriginDigest::origin))
                .toList();
        for (OriginDigest digest : sorted) {
            add(sha, digest.origin());
            add(sha, digest.highest());
        }
        return ByteString.fromArray(sha.digest());
    }

    /** 32 bytes that stand for two hashes in this order. */
    public static ByteString joined(ByteString one, ByteString other) {
        MessageDigest sha = Sha256.begin();
        sha.update(one.toArrayUnsafe());
        sha.update(other.toArrayUnsafe());
        return ByteString.fromArray(sha.digest());
    }

    /** 32 bytes of what was sealed: how far each origin is, and the root of its live records; in this order. */
    static ByteString sealed(Collection<OriginState> states) {
        MessageDigest sha = Sha256.begin();
        for (OriginState state : states) {
            add(sha, state.id());
            add(sha, state.highest());
            sha.update(state.root().toArrayUnsafe());
        }
        return ByteString.fromArray(sha.digest());
    }

    /** 32 bytes of what is held: every key with its number and payload; tombstones, which fade away, are left out. */
    public static ByteString content(Collection<OriginState> states) {
        MessageDigest sha = Sha256.begin();
        states.stream().sorted(Comparator.comparing(OriginState::id)).forEach(state -> {
            add(sha, state.id());
            List<OriginRecord> live = state.live().stream()
                    .sorted(Comparator.comparing(OriginRecord::key))
                    .toList();
            add(sha, live.size());
            for (OriginRecord record : live) {
                add(sha, record.key());
                add(sha, record.number());
                ByteString payload = record.payload();
                byte[] bytes = payload == null ? new byte[0] : payload.toArrayUnsafe();
                add(sha, bytes.length);
                sha.update(bytes);
            }
        });
        return ByteString.fromArray(sha.digest());
    }

    private static void add(MessageDigest sha, OriginId origin) {
        add(sha, origin.cluster());
        add(sha, origin.incarnation());
        add(sha, origin.shard());
    }

    private static void add(MessageDigest sha, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(sha, bytes.length);
        sha.update(bytes);
    }

    private static void add(MessageDigest sha, long number) {
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    }
}
