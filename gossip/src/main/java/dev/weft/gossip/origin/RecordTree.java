package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The live records of an origin by key, and as a Merkle tree, so that one hash stands for all of them and a change costs the
 * hashes on one path. Immutable; equal sets of records have equal roots, whatever the order they came in.
 *
 * <p>A binary radix tree over SHA-256 of the key: its shape follows from the keys alone, and nobody can find many keys that
 * make it deep. A record hashes {@code 0, SHA-256(key), number, payload}; a branch {@code 1, left, right}. Hashes of records
 * are not kept: a change needs that of the record itself and at most of one beside it.
 */
public final class RecordTree {
    static final int HASH_BYTES = 32;

    private static final int PATH_BITS = 256;
    private static final ByteString NOTHING = ByteString.fromArray(new byte[HASH_BYTES]);
    private static final RecordTree EMPTY = new RecordTree(null);

    private final @Nullable TreeNode top;

    private RecordTree(@Nullable TreeNode top) {
        this.top = top;
    }

    /** Of no records. */
    public static RecordTree empty() {
        return EMPTY;
    }

    /** 32 bytes that stand for all records; zeros where there are none. */
    public ByteString root() {
        if (top == null) {
            return NOTHING;
        }
        ByteBuffer root = ByteBuffer.allocate(HASH_BYTES);
        hash(top, root, Sha256.begin());
        return ByteString.fromArrayUnsafe(root.array());
    }

    /** The record of a key; null if there is none. */
    @Nullable
    OriginRecord get(String key) {
        if (top == null) {
            return null;
        }
        OriginRecord near = nearest(top, path(key, Sha256.begin()));
        return near.key().equals(key) ? near : null;
    }

    /** With what a record says: a live one put, or a key taken out. */
    public RecordTree with(OriginRecord record) {
        if (top == null) {
            return record.tombstone() ? this : new RecordTree(record);
        }
        MessageDigest sha = Sha256.begin();
        byte[] path = path(record.key(), sha);
        OriginRecord near = nearest(top, path);
        boolean known = near.key().equals(record.key());
        if (record.tombstone()) {
            return known ? new RecordTree(remove(top, path)) : this;
        }
        int differs = known ? PATH_BITS : firstDifference(path(near.key(), sha), path);
        return new RecordTree(insert(top, record, path, differs));
    }

    /** With what several records say, one after the other. */
    public RecordTree with(Iterable<OriginRecord> records) {
        RecordTree changed = this;
        for (OriginRecord record : records) {
            changed = changed.with(record);
        }
        return changed;
    }

    /** Where a path leads: no other record agrees with more of its first bits. */
    private static OriginRecord nearest(TreeNode from, byte[] path) {
        TreeNode at = from;
        while (at instanceof TreeBranch branch) {
            at = bit(path, branch.bit()) ? branch.right : branch.left;
        }
        return (OriginRecord) at;
    }

    /**
     * @param differs the first bit in which the path differs from all that are there
     */
    private static TreeNode insert(TreeNode at, OriginRecord record, byte[] path, int differs) {
        if (at instanceof TreeBranch branch && differs > branch.bit()) {
            boolean right = bit(path, branch.bit());
            return branch.with(right, insert(right ? branch.right : branch.left, record, path, differs));
        }
        if (differs == PATH_BITS) {
            return record;
        }
        return bit(path, differs) ? new TreeBranch(differs, at, record) : new TreeBranch(differs, record, at);
    }

    /** Without the record that a path leads to. */
    private static @Nullable TreeNode remove(TreeNode at, byte[] path) {
        if (!(at instanceof TreeBranch branch)) {
            return null;
        }
        boolean right = bit(path, branch.bit());
        TreeNode left = remove(right ? branch.right : branch.left, path);
        if (left == null) {
            return right ? branch.left : branch.right;
        }
        return branch.with(right, left);
    }

    /** Writes the hash of a node. */
    static void hash(TreeNode node, ByteBuffer out, MessageDigest sha) {
        if (node instanceof TreeBranch branch) {
            branch.hash(out, sha);
        } else if (node instanceof OriginRecord record) {
            out.put(hash(record, sha));
        }
    }

    private static byte[] hash(OriginRecord record, MessageDigest sha) {
        byte[] path = path(record.key(), sha);
        sha.update((byte) 0);
        sha.update(path);
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(record.number()).flip());
        ByteString payload = record.payload();
        return sha.digest(payload == null ? new byte[0] : payload.toArrayUnsafe());
    }

    private static byte[] path(String key, MessageDigest sha) {
        return sha.digest(key.getBytes(StandardCharsets.UTF_8));
    }

    /** The first bit in which two paths differ; their length where they are equal. */
    private static int firstDifference(byte[] one, byte[] other) {
        int at = Arrays.mismatch(one, other);
        return at < 0
                ? PATH_BITS
                : at * Byte.SIZE
                        + Integer.numberOfLeadingZeros((one[at] ^ other[at]) & 0xff)
                        - (Integer.SIZE - Byte.SIZE);
    }

    private static boolean bit(byte[] path, int index) {
        return (path[index / Byte.SIZE] & (0x80 >>> (index % Byte.SIZE))) != 0;
    }
}
