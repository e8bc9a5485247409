package dev.weft.proxy.nftables;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Sums of what the kernel counts at each listener. Its own count begins anew whenever a listener is led by another chain; what
 * comes between the last reading and that is lost. For one thread at a time.
 */
final class ConnectionCounts {
    private record Place(ServiceKey service, ListenerKey listener) {}

    private Map<ListenerKey, Long> last = Map.of();
    private final Map<Place, Long> sums = new HashMap<>();

    /** The kernel has a new table, in which every count begins at zero. */
    void beginAnew() {
        last = Map.of();
    }

    /** Reads what {@code nft -j list map} prints of a map of services. */
    static Map<ListenerKey, Long> read(JsonNode listing) {
        Map<ListenerKey, Long> counted = new HashMap<>();
        for (JsonNode object : listing.path("nftables")) {
            for (JsonNode element : object.path("map").path("elem")) {
                if (element.path(1).has("drop")) {
                    continue; // nobody is led anywhere
                }
                JsonNode counter = element.path(0).path("elem");
                JsonNode place = counter.path("val").path("concat");
                Protocol protocol = "udp".equals(place.path(1).asText()) ? Protocol.UDP : Protocol.TCP;
                counted.put(
                        new ListenerKey(place.path(0).asText(), place.path(2).asInt(), protocol),
                        counter.path("counter").path("packets").asLong());
            }
        }
        return counted;
    }

    /**
     * Takes a reading in.
     *
     * @param owner whose a listener is; null for nobody's any more
     * @param away whether a service has left the kernel, though there is such a service yet; the sums of any other end
     *     with its having the listener
     * @return every listener with its sum, also those whose service has left the kernel
     */
    List<KernelListener> take(
            Map<ListenerKey, Long> counted,
            Function<ListenerKey, @Nullable ServiceKey> owner,
            Predicate<ServiceKey> away) {
        counted.forEach((listener, count) -> {
            ServiceKey service = owner.apply(listener);
            if (service != null) {
                long before = last.getOrDefault(listener, 0L);
                sums.merge(new Place(service, listener), count >= before ? count - before : count, Long::sum);
            }
        });
        sums.keySet()
                .removeIf(
                        place -> !place.service().equals(owner.apply(place.listener())) && !away.test(place.service()));
        last = Map.copyOf(counted);
        List<KernelListener> listeners = new ArrayList<>();
        sums.forEach((place, sum) -> listeners.add(new KernelListener(place.service(), place.listener(), sum)));
        return List.copyOf(listeners);
    }
}
