package dev.weft.gossip.origin;

import akka.util.ByteString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The live records of an origin as a Merkle tree, so that one hash stands for all of them and a change costs the hashes on
 * one path. Immutable; equal sets of records have equal roots, whatever the order they came in.
 *
 * <p>A binary radix tree over SHA-256 of the key: its shape follows from the keys alone. A leaf hashes
 * {@code 0, SHA-256(key), number, payload}; a branch {@code 1, left, right}.
 */
public final class RecordTree {
    private static final int PATH_BITS = 256;
    private static final ByteString NOTHING = ByteString.fromArray(new byte[32]);
    private static final RecordTree EMPTY = new RecordTree(null);

    private sealed interface Node {
        byte[] path();

        byte[] hash();
    }

    private static final class Leaf implements Node {
        private final byte[] path;
        private final byte[] hash;

        private Leaf(byte[] path, byte[] hash) {
            this.path = path;
            this.hash = hash;
        }

        @Override
        public byte[] path() {
            return path;
        }

        @Override
        public byte[] hash() {
            return hash;
        }
    }

    private static final class Branch implements Node {
        private final int bit;
        /** Of any leaf below: all of them agree before {@code bit}. */
        private final byte[] sample;

        private final Node left;
        private final Node right;
        private byte @Nullable [] hash;

        private Branch(int bit, byte[] sample, Node left, Node right) {
            this.bit = bit;
            this.sample = sample;
            this.left = left;
            this.right = right;
        }

        @Override
        public byte[] path() {
            return sample;
        }

        @Override
        public byte[] hash() {
            byte[] known = hash;
            if (known == null) {
                MessageDigest sha = sha256();
                sha.update((byte) 1);
                sha.update(left.hash());
                sha.update(right.hash());
                known = sha.digest();
                hash = known;
            }
            return known;
        }
    }

    private final @Nullable Node top;

    private RecordTree(@Nullable Node top) {
        this.top = top;
    }

    /** Of no records. */
    public static RecordTree empty() {
        return EMPTY;
    }

    /** 32 bytes that stand for all records; zeros where there are none. */
    public ByteString root() {
        return top == null ? NOTHING : ByteString.fromArray(top.hash());
    }

    /** With what a record says: a live one put, or a key taken out. */
    public RecordTree with(OriginRecord record) {
        ByteString payload = record.payload();
        byte[] path = sha256().digest(record.key().getBytes(StandardCharsets.UTF_8));
        if (payload == null) {
            return top == null ? this : new RecordTree(remove(top, path));
        }
        MessageDigest sha = sha256();
        sha.update((byte) 0);
        sha.update(path);
        sha.update(ByteBuffer.allocate(Long.BYTES).putLong(record.number()).array());
        sha.update(payload.toArrayUnsafe());
        Leaf leaf = new Leaf(path, sha.digest());
        return new RecordTree(top == null ? leaf : insert(top, leaf));
    }

    /** With what several records say, one after the other. */
    public RecordTree with(Iterable<OriginRecord> records) {
        RecordTree changed = this;
        for (OriginRecord record : records) {
            changed = changed.with(record);
        }
        return changed;
    }

    private static Node insert(Node node, Leaf leaf) {
        int differs = firstDifference(node.path(), leaf.path);
        if (node instanceof Branch branch && differs >= branch.bit) {
            return bit(leaf.path, branch.bit)
                    ? new Branch(branch.bit, branch.sample, branch.left, insert(branch.right, leaf))
                    : new Branch(branch.bit, branch.sample, insert(branch.left, leaf), branch.right);
        }
        if (differs == PATH_BITS) {
            return leaf;
        }
        return bit(leaf.path, differs)
                ? new Branch(differs, leaf.path, node, leaf)
                : new Branch(differs, leaf.path, leaf, node);
    }

    private static @Nullable Node remove(Node node, byte[] path) {
        if (node instanceof Branch branch) {
            boolean right = bit(path, branch.bit);
            Node child = right ? branch.right : branch.left;
            Node other = right ? branch.left : branch.right;
            Node left = remove(child, path);
            if (left == child) {
                return node;
            }
            if (left == null) {
                return other;
            }
            return right
                    ? new Branch(branch.bit, branch.sample, other, left)
                    : new Branch(branch.bit, branch.sample, left, other);
        }
        return Arrays.equals(node.path(), path) ? null : node;
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

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: missing (expected: every Java runtime has it)", e);
        }
    }
}
