package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.ServiceKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What a listener has had to do. For any thread. */
final class ListenerCounts {
    final LongAdder accepted = new LongAdder();
    final LongAdder refusedNoEndpoint = new LongAdder();
    final LongAdder refusedLimit = new LongAdder();
    final LongAdder refusedSource = new LongAdder();
    final LongAdder closedIdle = new LongAdder();
    final LongAdder retried = new LongAdder();
    final LongAdder lost = new LongAdder();
    private final Map<String, ConnectHistogram> connecting = new ConcurrentHashMap<>();

    /** Connecting to an endpoint of that cluster took so long. */
    void connected(String cluster, long tookNanos) {
        connecting.computeIfAbsent(cluster, first -> new ConnectHistogram()).add(tookNanos);
    }

    ListenerStatus status(ServiceKey service, ListenerKey key, BindOutcome bound, Leads leads, int open) {
        Map<String, ConnectTimes> times = new HashMap<>();
        connecting.forEach((cluster, histogram) -> times.put(cluster, histogram.snapshot()));
        return new ListenerStatus(
                service,
                key,
                bound.state(),
                bound.reason(),
                leads.algorithmLabel(),
                accepted.sum(),
                open,
                refusedNoEndpoint.sum(),
                refusedLimit.sum(),
                closedIdle.sum(),
                refusedSource.sum(),
                retried.sum(),
                lost.sum(),
                leads.traffic(),
                times,
                leads.endpoints());
    }
}
