package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Algorithm;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts picks by algorithm, over all listeners. For any thread. */
final class PickCounts {
    private final Map<Algorithm, LongAdder> counts = new EnumMap<>(Algorithm.class);

    PickCounts() {
        for (Algorithm algorithm : Algorithm.values()) {
            counts.put(algorithm, new LongAdder());
        }
    }

    @SuppressWarnings("NullAway") // there is one for each
    LongAdder of(Algorithm algorithm) {
        return counts.get(algorithm);
    }

    /** By the algorithms' names, those that were used. */
    Map<String, Long> snapshot() {
        Map<String, Long> used = new TreeMap<>();
        counts.forEach((algorithm, count) -> {
            if (count.sum() > 0) {
                used.put(algorithm.label(), count.sum());
            }
        });
        return used;
    }
}
