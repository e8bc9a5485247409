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
import org.jspecify.annotations.Nullable;

/**
 * Sums of what the kernel counts at each listener. Its own count begins anew whenever a listener is led by another chain; what
 * comes between the last reading and that is lost. For one thread at a time.
 */
final class ConnectionCounts {
    private record Place(ServiceKey service, ListenerKey listener) {}

    private Map<ListenerKey, Long> last = Map.of();
    private Map<Place, Long> sums = Map.of();

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
     * @param owner whose a listener is; null for nobody's any more, whose sum is forgotten
     * @return every listener with its sum
     */
    List<KernelListener> take(Map<ListenerKey, Long> counted, Function<ListenerKey, @Nullable ServiceKey> owner) {
        Map<Place, Long> next = new HashMap<>();
        List<KernelListener> listeners = new ArrayList<>();
        counted.forEach((listener, count) -> {
            ServiceKey service = owner.apply(listener);
            if (service != null) {
                Place place = new Place(service, listener);
                long before = last.getOrDefault(listener, 0L);
                long more = count >= before ? count - before : count;
                long sum = sums.getOrDefault(place, 0L) + more;
                next.put(place, sum);
                listeners.add(new KernelListener(service, listener, sum));
            }
        });
        last = Map.copyOf(counted);
        sums = next;
        return List.copyOf(listeners);
    }
}
