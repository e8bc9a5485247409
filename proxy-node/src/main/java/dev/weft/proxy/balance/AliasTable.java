package dev.weft.proxy.balance;

import java.util.ArrayDeque;

/** Draws an index with probability {@code W_i / sum(W)} in constant time (Vose's alias method). */
final class AliasTable {
    private final double[] threshold;
    private final int[] alias;

    AliasTable(TargetSet targets) {
        int size = targets.size();
        threshold = new double[size];
        alias = new int[size];
        double sum = 0;
        for (int index = 0; index < size; index++) {
            sum += targets.get(index).share();
        }
        ArrayDeque<Integer> under = new ArrayDeque<>();
        ArrayDeque<Integer> over = new ArrayDeque<>();
        double[] share = new double[size];
        for (int index = 0; index < size; index++) {
            share[index] = targets.get(index).share() * size / sum;
            (share[index] < 1 ? under : over).add(index);
        }
        while (!under.isEmpty() && !over.isEmpty()) {
            int low = under.remove();
            int high = over.remove();
            threshold[low] = share[low];
            alias[low] = high;
            share[high] -= 1 - share[low];
            (share[high] < 1 ? under : over).add(high);
        }
        under.forEach(index -> threshold[index] = 1);
        over.forEach(index -> threshold[index] = 1);
    }

    int draw(Dice dice) {
        long roll = dice.next();
        int index = Hashing.reduce(roll, threshold.length);
        double coin = (Hashing.mix(roll) >>> 11) * 0x1.0p-53;
        return coin < threshold[index] ? index : alias[index];
    }
}
