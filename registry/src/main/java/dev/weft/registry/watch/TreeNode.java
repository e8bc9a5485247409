package dev.weft.registry.watch;

import dev.weft.registry.resource.Resource;

/**
 * A node of a {@link ResourceTree}: of a B+ tree, whose objects are all in its leaves, all of which are equally deep.
 * Immutable.
 *
 * <p>Orders stand beside what they belong to, and weights beside the children that have them, since a search compares and
 * adds little else, and each further reference on the way to them would be a cache miss.
 */
sealed interface TreeNode permits TreeNode.Leaf, TreeNode.Inner {
    /** So many objects or children has a node at most. More: shallower trees, of which a change copies more. */
    int MOST = 32;

    /** And so many at least, unless it is the root. Less than half of the most, or nodes would be split and joined in turn. */
    int FEWEST = MOST / 4;

    /** The order of its first object. */
    String first();

    /** How many objects it has, in all. */
    int weight();

    /** How many objects or children it has itself. */
    int width();

    /** Objects, with their orders. */
    final class Leaf implements TreeNode {
        /** None. */
        static final Leaf EMPTY = new Leaf(new String[0], new Resource[0]);

        private final String[] orders;
        private final Resource[] values;

        /** Takes the arrays as they are; nobody may change them any more. */
        Leaf(String[] orders, Resource[] values) {
            this.orders = orders;
            this.values = values;
        }

        /** Of its objects; only to be read. */
        String[] orders() {
            return orders;
        }

        /** Its objects; only to be read. */
        Resource[] values() {
            return values;
        }

        @Override
        public String first() {
            return orders[0];
        }

        @Override
        public int weight() {
            return orders.length;
        }

        @Override
        public int width() {
            return orders.length;
        }

        /** Where the first object stands that does not come before this order. */
        int place(int from, String order) {
            return TreeNode.place(orders, from, orders.length, order);
        }
    }

    /** Children, of which each holds what comes from its first object on and before that of the next. */
    final class Inner implements TreeNode {
        private final String[] firsts;
        private final TreeNode[] children;
        private final int[] weights;
        private final int weight;

        /** Takes the arrays as they are; nobody may change them any more. */
        Inner(String[] firsts, TreeNode[] children, int[] weights) {
            this.firsts = firsts;
            this.children = children;
            this.weights = weights;
            int sum = 0;
            for (int each : weights) {
                sum += each;
            }
            this.weight = sum;
        }

        /** The orders of its children's first objects; only to be read. */
        String[] firsts() {
            return firsts;
        }

        /** Only to be read. */
        TreeNode[] children() {
            return children;
        }

        /** Of its children; only to be read. */
        int[] weights() {
            return weights;
        }

        @Override
        public int weight() {
            return weight;
        }

        @Override
        public String first() {
            return firsts[0];
        }

        @Override
        public int width() {
            return children.length;
        }

        /** The child that has the object of this order, if any has. */
        int childFor(String order) {
            int place = TreeNode.place(firsts, 0, firsts.length, order);
            boolean itsFirst = place < firsts.length && firsts[place].equals(order);
            return itsFirst ? place : Math.max(0, place - 1);
        }
    }

    /** The first place whose order does not come before this one. */
    static int place(String[] orders, int from, int to, String order) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (orders[middle].compareTo(order) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
