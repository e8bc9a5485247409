package dev.weft.proxy.balance;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which of some targets has the least {@code (open + 1) / S}, always at hand: a tournament, in whose tree each node holds
 * the better of its two children. A change of one load costs a match on each of the {@code log2 n} levels at most, fewer
 * where others win anyway. Ties go by chance, evenly over targets that are all alike.
 *
 * <p>Without locks: a node is replaced only if nobody has replaced it since its children were read, else the match is
 * played once more; when that fails too, the other one has read the children after this change, so that nothing is lost.
 * While several threads are at it the root may be a change behind.
 *
 * @see <a href="https://doi.org/10.1145/571825.571842">Jayanti 2002, "f-arrays", for the proof</a>
 */
final class LeastLoad implements LoadBook {
    private static final int ROOT = 1;
    private static final long NEXT_ROUND = 1L << Integer.SIZE;

    private final TargetSet targets;
    private final Dice dice;
    /** By node (children of i: 2i and 2i+1): the winner's index below, and how often it was played for above that. */
    private final AtomicLongArray nodes;
    /** How many leaves are below each node. The leaf of target i is node n+i, which plays no match. */
    private final int[] leaves;

    private LeastLoad(TargetSet targets, Dice dice) {
        int size = targets.size();
        this.targets = targets;
        this.dice = dice;
        this.nodes = new AtomicLongArray(size);
        this.leaves = new int[2 * size];
        for (int node = 2 * size - 1; node >= ROOT; node--) {
            leaves[node] = node >= size ? 1 : leaves[2 * node] + leaves[2 * node + 1];
        }
    }

    /** Follows the loads of these targets from now on. */
    static LeastLoad of(TargetSet targets, Dice dice) {
        LeastLoad made = new LeastLoad(targets, dice);
        Seat.seat(targets, made);
        long roll = dice.next();
        for (int node = targets.size() - 1; node >= ROOT; node--) {
            made.replay(node, roll);
        }
        return made;
    }

    /** The target with the least load; there must be one. */
    Target least() {
        return targets.get(winner(ROOT));
    }

    @Override
    public void moved(int place, int opened) {
        long roll = dice.next();
        boolean settled = false;
        for (int node = (targets.size() + place) / 2; node >= ROOT && !settled; node /= 2) {
            int before = winner(node);
            boolean played = replay(node, roll);
            settled = played && before == winner(node) && before != place; // nothing changes further up
        }
    }

    private int winner(int node) {
        return node >= targets.size() ? node - targets.size() : (int) nodes.get(node);
    }

    /** False when others have done it meanwhile. */
    private boolean replay(int node, long roll) {
        return play(node, roll) || play(node, roll);
    }

    private boolean play(int node, long roll) {
        long before = nodes.get(node);
        int winner = better(node, roll);
        return nodes.compareAndSet(node, before, (before & -NEXT_ROUND) + NEXT_ROUND | winner);
    }

    private int better(int node, long roll) {
        int left = winner(2 * node);
        int right = winner(2 * node + 1);
        Target one = targets.get(left);
        Target other = targets.get(right);
        long oneLoad = (one.open() + 1L) * other.share();
        long otherLoad = (other.open() + 1L) * one.share();
        if (oneLoad != otherLoad) {
            return oneLoad < otherLoad ? left : right;
        }
        boolean takesLeft = Hashing.reduce(Hashing.mix(roll + node), leaves[node]) < leaves[2 * node];
        return takesLeft ? left : right;
    }
}
