package dev.weft.proxy.balance;

/**
 * Which of some targets has the least {@code (open + 1) / S}, always at hand: a tournament, in whose tree each node holds
 * the better of its two children. A change of one load costs a match on each of the {@code log2 n} levels at most, fewer
 * where others win anyway. Ties go by chance, evenly over targets that are all alike.
 *
 * <p>Changes exclude each other, for some tens of nanoseconds; reading the winner waits for nobody.
 */
final class LeastLoad implements LoadBook {
    private static final int ROOT = 1;

    private final TargetSet targets;
    private final int size;
    /** By target, as of the last change. */
    private final double[] loads;
    /** By node (children of i: 2i and 2i+1; the leaf of target i is node n+i): the index of the winner below. */
    private final int[] winners;
    /** By node: how many leaves are below. */
    private final int[] leaves;

    private long rolls;
    private volatile Target least;

    private LeastLoad(TargetSet targets, long seed) {
        this.targets = targets;
        this.size = targets.size();
        this.loads = new double[size];
        this.winners = new int[2 * size];
        this.leaves = new int[2 * size];
        this.rolls = seed;
        this.least = targets.get(0);
    }

    /** Follows the loads of these targets, one at least, from now on. */
    static LeastLoad of(TargetSet targets, long seed) {
        LeastLoad made = new LeastLoad(targets, seed);
        made.begin();
        return made;
    }

    Target least() {
        return least;
    }

    @Override
    public synchronized void moved(int place, int opened) {
        loads[place] = load(place);
        rolls++;
        boolean settled = false;
        for (int node = (size + place) / 2; node >= ROOT && !settled; node /= 2) {
            int before = winners[node];
            winners[node] = better(node);
            settled = before == winners[node] && before != place; // nothing changes further up
        }
        least = targets.get(winners[ROOT]);
    }

    /** Whoever changes while the targets take their seats waits for this to end. */
    private synchronized void begin() {
        Seat.seat(targets, this);
        for (int place = 0; place < size; place++) {
            loads[place] = load(place);
            winners[size + place] = place;
            leaves[size + place] = 1;
        }
        for (int node = size - 1; node >= ROOT; node--) {
            leaves[node] = leaves[2 * node] + leaves[2 * node + 1];
            winners[node] = better(node);
        }
        least = targets.get(size == 1 ? 0 : winners[ROOT]);
    }

    private double load(int place) {
        Target target = targets.get(place);
        return (target.open() + 1.0) / target.share();
    }

    private int better(int node) {
        int left = winners[2 * node];
        int right = winners[2 * node + 1];
        if (loads[left] != loads[right]) {
            return loads[left] < loads[right] ? left : right;
        }
        boolean takesLeft = Hashing.reduce(Hashing.mix(rolls * leaves.length + node), leaves[node]) < leaves[2 * node];
        return takesLeft ? left : right;
    }
}
