package dev.weft.proxy.nftables;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.balance.Traffic;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sums of what the kernel counts for each endpoint of a listener. The kernel forgets a count after some time without a
 * connection, and begins anew with the next; its sum stays while connections may be led there. For one thread at a time.
 */
final class EndpointCounts {
    private final Sums picks = new Sums();
    private final Sums bytesTo = new Sums();
    private final Sums bytesFrom = new Sums();
    /** Where each ended when it was known. */
    private final Map<Owned, String> clusters = new HashMap<>();

    /** From a listener to an endpoint. */
    record Way(ListenerKey listener, Endpoint endpoint) {}

    /** Whose a way is, and in which cluster it ends; empty for this one. */
    record Known(ServiceKey service, String cluster) {}

    private record Owned(ServiceKey service, Way way) {}

    /** The kernel has a new table, in which every count begins at zero. */
    void beginAnew() {
        picks.last = Map.of();
        bytesTo.last = Map.of();
        bytesFrom.last = Map.of();
    }

    /** Reads what {@code nft -j list set} prints of a set of ways: their {@code packets} or {@code bytes}. */
    static Map<Way, Long> read(JsonNode listing, String number) {
        Map<Way, Long> counted = new HashMap<>();
        for (JsonNode object : listing.path("nftables")) {
            for (JsonNode element : object.path("set").path("elem")) {
                JsonNode place = element.path("elem").path("val").path("concat");
                Protocol protocol = "udp".equals(place.path(1).asText()) ? Protocol.UDP : Protocol.TCP;
                ListenerKey listener =
                        new ListenerKey(place.path(0).asText(), place.path(2).asInt(), protocol);
                Endpoint endpoint =
                        new Endpoint(place.path(3).asText(), place.path(4).asInt());
                counted.put(
                        new Way(listener, endpoint),
                        element.path("elem").path("counter").path(number).asLong());
            }
        }
        return counted;
    }

    /**
     * Takes a reading in.
     *
     * @param known null for a way that nothing is led any more
     * @param away whether a service has left the kernel, though there is such a service yet; the sums of any other end with
     *     the way
     * @return every endpoint with its sums
     */
    List<KernelEndpoint> take(
            KernelCounters.Reading reading, Function<Way, @Nullable Known> known, Predicate<ServiceKey> away) {
        Function<Way, @Nullable Owned> owned = way -> {
            Known by = known.apply(way);
            return by == null ? null : new Owned(by.service(), way);
        };
        Predicate<Owned> ends = each -> !each.equals(owned.apply(each.way())) && !away.test(each.service());
        picks.take(reading.picks(), owned, ends);
        bytesTo.take(reading.bytesTo(), owned, ends);
        bytesFrom.take(reading.bytesFrom(), owned, ends);
        Set<Owned> all = new HashSet<>(picks.sums.keySet());
        all.addAll(bytesTo.sums.keySet());
        all.addAll(bytesFrom.sums.keySet());
        clusters.keySet().retainAll(all);
        List<KernelEndpoint> endpoints = new ArrayList<>();
        for (Owned each : all) {
            Known by = known.apply(each.way());
            if (by != null && by.service().equals(each.service())) {
                clusters.put(each, by.cluster());
            }
            endpoints.add(new KernelEndpoint(
                    each.service(),
                    each.way().listener(),
                    each.way().endpoint().authority(),
                    clusters.getOrDefault(each, ""),
                    picks.of(each),
                    new Traffic(bytesTo.of(each), bytesFrom.of(each))));
        }
        return endpoints;
    }

    /** Of one number. */
    private static final class Sums {
        private final Map<Owned, Long> sums = new HashMap<>();
        private Map<Way, Long> last = Map.of();

        void take(Map<Way, Long> counted, Function<Way, @Nullable Owned> owned, Predicate<Owned> ends) {
            counted.forEach((way, count) -> {
                Owned place = owned.apply(way);
                if (place != null) {
                    long before = last.getOrDefault(way, 0L);
                    sums.merge(place, count >= before ? count - before : count, Long::sum);
                }
            });
            sums.keySet().removeIf(ends);
            last = Map.copyOf(counted);
        }

        long of(Owned place) {
            return sums.getOrDefault(place, 0L);
        }
    }
}
