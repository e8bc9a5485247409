package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.ServiceKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Listeners in whose place something else serves. They stay open until nobody has come to them for a while: what the
 * kernel takes for one connection still leads to them, which may be a new one from a port that its client has used before.
 * For one thread at a time.
 */
final class LameDucks {
    private final Map<ServiceKey, Map<ListenerKey, Duck>> ducks = new HashMap<>();

    /** @param seen how many had come at the last look, if nobody was there then */
    private record Duck(Listener listener, long seen) {
        static final long NOT_LOOKED = -1;

        static Duck of(Listener listener) {
            return new Duck(listener, NOT_LOOKED);
        }

        Duck look() {
            return new Duck(listener, listener.openConnections() > 0 ? NOT_LOOKED : came());
        }

        boolean isForgotten() {
            return seen != NOT_LOOKED && seen == came() && listener.openConnections() == 0;
        }

        private long came() {
            return listener.reception().counts().accepted.sum();
        }
    }

    /** Keeps a listener. */
    void add(Listener listener) {
        ducks.computeIfAbsent(listener.reception().service(), first -> new HashMap<>())
                .put(listener.reception().key(), Duck.of(listener));
    }

    /** A listener that is needed again; null if there is none. */
    @Nullable
    Listener recall(ServiceKey service, ListenerKey key) {
        Map<ListenerKey, Duck> ofService = ducks.get(service);
        Duck duck = ofService == null ? null : ofService.remove(key);
        if (ofService != null && ofService.isEmpty()) {
            ducks.remove(service);
        }
        return duck == null ? null : duck.listener();
    }

    /**
     * Takes over what is planned for the service's listeners by who serves them.
     *
     * @return those that are served no more, no longer kept
     */
    List<Listener> update(ServiceKey service, List<ListenerPlan> elsewhere) {
        Map<ListenerKey, Duck> ofService = ducks.get(service);
        if (ofService == null) {
            return List.of();
        }
        Set<ListenerKey> gone = new HashSet<>(ofService.keySet());
        for (ListenerPlan plan : elsewhere) {
            gone.remove(plan.key());
            Duck duck = ofService.get(plan.key());
            if (duck != null) {
                duck.listener().update(plan);
            }
        }
        return gone.stream()
                .map(key -> recall(service, key))
                .flatMap(Stream::ofNullable)
                .toList();
    }

    boolean has(ServiceKey service) {
        return ducks.containsKey(service);
    }

    /** Those to whom nobody has come since the last look, and who have no connection; no longer kept. */
    List<Listener> takeForgotten() {
        List<Listener> forgotten = new ArrayList<>();
        for (Map<ListenerKey, Duck> ofService : ducks.values()) {
            ofService.values().stream()
                    .filter(Duck::isForgotten)
                    .map(Duck::listener)
                    .forEach(forgotten::add);
            ofService.values().removeIf(Duck::isForgotten);
            ofService.replaceAll((key, duck) -> duck.look());
        }
        ducks.values().removeIf(Map::isEmpty);
        return forgotten;
    }

    /** All of them, no longer kept. */
    List<Listener> takeAll() {
        List<Listener> all = all();
        ducks.clear();
        return all;
    }

    List<Listener> all() {
        return ducks.values().stream()
                .flatMap(ofService -> ofService.values().stream())
                .map(Duck::listener)
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
