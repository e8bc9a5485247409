package dev.weft.proxy.dataplane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counts how long connecting took. For any thread. */
final class ConnectHistogram {
    private final LongAdder[] counts = new LongAdder[ConnectTimes.BOUNDS_MICROS.size() + 1];
    private final LongAdder sumNanos = new LongAdder();

    ConnectHistogram() {
        for (int bucket = 0; bucket < counts.length; bucket++) {
            counts[bucket] = new LongAdder();
        }
    }

    void add(long tookNanos) {
        int bucket = 0;
        while (bucket < counts.length - 1 && tookNanos > ConnectTimes.BOUNDS_MICROS.get(bucket) * 1_000L) {
            bucket++;
        }
        counts[bucket].increment();
        sumNanos.add(tookNanos);
    }

    ConnectTimes snapshot() {
        List<Long> now = new ArrayList<>();
        for (LongAdder count : counts) {
            now.add(count.sum());
        }
        return new ConnectTimes(now, sumNanos.sum());
    }
}
