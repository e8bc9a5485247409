package dev.weft.proxy.health;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.ResourceFeed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What there is to check: the Services that ask for it and the hand-written slices, as the feed tells them. Keeps nothing
 * else, and wakes its reader once for all news that wait. Safe for several threads.
 */
final class CheckBook {
    private static final Logger LOG = LoggerFactory.getLogger(CheckBook.class);

    private final HealthCheck defaults;
    private final Runnable wake;
    private final Map<String, HealthCheck> services = new HashMap<>();
    private final Map<String, JsonNode> slices = new HashMap<>();
    private boolean servicesKnown;
    private boolean slicesKnown;
    private boolean woken;

    CheckBook(HealthCheck defaults, Runnable wake) {
        this.defaults = defaults;
        this.wake = wake;
    }

    ResourceFeed.Follower services() {
        return new Collecting() {
            @Override
            void clear() {
                services.clear();
                servicesKnown = true;
            }

            @Override
            boolean put(String id, @Nullable JsonNode service) {
                HealthCheck check = service == null ? null : checkOf(id, service);
                return check == null ? services.remove(id) != null : !check.equals(services.put(id, check));
            }
        };
    }

    ResourceFeed.Follower slices() {
        return new Collecting() {
            @Override
            void clear() {
                slices.clear();
                slicesKnown = true;
            }

            @Override
            boolean put(String id, @Nullable JsonNode slice) {
                boolean ours = slice != null
                        && CheckedSlice.handWritten(slice)
                        && !CheckedSlice.serviceOf(slice).isEmpty();
                if (slice == null || !ours) {
                    return slices.remove(id) != null;
                }
                slices.put(id, slice);
                return true;
            }
        };
    }

    /** The slices to be checked now; none before both collections are known. */
    synchronized List<CheckedSlice> read() {
        woken = false;
        List<CheckedSlice> checked = new ArrayList<>();
        if (servicesKnown && slicesKnown) {
            slices.values().forEach(slice -> {
                HealthCheck check = services.get(CheckedSlice.serviceOf(slice));
                if (check != null) {
                    checked.add(CheckedSlice.of(slice, check));
                }
            });
        }
        return checked;
    }

    private @Nullable HealthCheck checkOf(String id, JsonNode service) {
        if (!service.path("spec").path("selector").isEmpty() || !HealthCheck.wanted(service)) {
            return null;
        }
        try {
            return HealthCheck.of(service, defaults);
        } catch (IllegalArgumentException e) {
            LOG.warn("Service {} is not checked: {}", id, e.getMessage());
            return null;
        }
    }

    private static String id(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.path("namespace").asText() + "/" + metadata.path("name").asText();
    }

    private abstract class Collecting implements ResourceFeed.Follower {
        abstract void clear();

        /** Null for one that is gone; says whether anything changed. */
        abstract boolean put(String id, @Nullable JsonNode object);

        @Override
        public void replaced(List<JsonNode> objects) {
            synchronized (CheckBook.this) {
                clear();
                objects.forEach(object -> put(id(object), object));
                news(true);
            }
        }

        @Override
        public void changed(JsonNode object) {
            synchronized (CheckBook.this) {
                news(put(id(object), object));
            }
        }

        @Override
        public void deleted(JsonNode object) {
            synchronized (CheckBook.this) {
                news(put(id(object), null));
            }
        }

        @Override
        public void unavailable(String reason) {
            // what was last known stays in use
        }

        private void news(boolean changed) {
            if (changed && !woken) {
                woken = true;
                wake.run();
            }
        }
    }
}
