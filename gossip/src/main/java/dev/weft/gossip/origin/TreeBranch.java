package dev.weft.gossip.origin;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Where the paths of records part, by one bit. Immutable but for its hash, which is worked out when it is asked for and kept
 * in four numbers: a member holds a branch for each record of every other, so each byte of one counts.
 */
final class TreeBranch implements TreeNode {
    final TreeNode left;
    final TreeNode right;
    private final short bit;
    private boolean hashed;
    private long first;
    private long second;
    private long third;
    private long fourth;

    TreeBranch(int bit, TreeNode left, TreeNode right) {
        this.bit = (short) bit;
        this.left = left;
        this.right = right;
    }

    /** The first bit in which what is on the left differs from what is on the right. */
    int bit() {
        return bit;
    }

    /** With another node on one side. */
    TreeBranch with(boolean onTheRight, TreeNode node) {
        return onTheRight ? new TreeBranch(bit, left, node) : new TreeBranch(bit, node, right);
    }

    /** Writes its 32 bytes, which depend on all below. */
    void hash(ByteBuffer out, MessageDigest sha) {
        if (!hashed) {
            ByteBuffer below = ByteBuffer.allocate(1 + 2 * RecordTree.HASH_BYTES);
            below.put((byte) 1);
            RecordTree.hash(left, below, sha);
            RecordTree.hash(right, below, sha);
            ByteBuffer hash = ByteBuffer.wrap(sha.digest(below.array()));
            first = hash.getLong();
            second = hash.getLong();
            third = hash.getLong();
            fourth = hash.getLong();
            hashed = true;
        }
        out.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }
}
