package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The weights that Pods are annotated with. Weft's own server writes them to the slices; of any other one the Pods are
 * followed, of which nothing but this is kept. Safe for several threads.
 */
final class PodWeights implements ResourceFeed.Follower {
    static final String PATH = "/api/v1/pods";

    /** Beyond so many Pods nothing more is said of unreadable weights. */
    private static final int MOST_TOLD = 256;

    private static final Logger LOG = LoggerFactory.getLogger(PodWeights.class);

    private final Runnable wake;
    private final Map<String, Weighed> byPod = new HashMap<>();
    private boolean toldAbsent;
    /** What was said of Pods whose weight cannot be read, by their names. */
    private final Map<String, String> toldUnreadable = new HashMap<>();

    private record Weighed(String uid, int weight) {}

    /** @param wake called when there is something new, by any thread */
    PodWeights(Runnable wake) {
        this.wake = wake;
    }

    /** By uid; Pods without one are left out. */
    synchronized Map<String, Integer> byUid() {
        Map<String, Integer> weights = new HashMap<>();
        byPod.values().forEach(weighed -> weights.put(weighed.uid(), weighed.weight()));
        return weights;
    }

    @Override
    public boolean metadataOnly() {
        return true;
    }

    @Override
    public boolean wants(JsonNode pod) {
        String unreadable = ResourceReader.unreadablePodWeight(pod);
        if (unreadable != null && isNews(ResourceReader.id(pod), unreadable)) {
            LOG.warn(
                    "the weight \"{}\" of Pod {} counts as 1 (expected: mesh.weft.dev/weight from 0 to 65535)",
                    unreadable,
                    ResourceReader.id(pod));
        }
        return ResourceReader.podWeight(pod) != null;
    }

    private synchronized boolean isNews(String pod, String value) {
        return (toldUnreadable.size() < MOST_TOLD || toldUnreadable.containsKey(pod))
                && !value.equals(toldUnreadable.put(pod, value));
    }

    @Override
    public void replaced(List<JsonNode> pods) {
        synchronized (this) {
            byPod.clear();
            pods.forEach(this::put);
        }
        wake.run();
    }

    @Override
    public void changed(JsonNode pod) {
        if (put(pod)) {
            wake.run();
        }
    }

    @Override
    public void deleted(JsonNode pod) {
        if (put(ResourceReader.id(pod), null)) {
            wake.run();
        }
    }

    /** What is known of them stays in use. */
    @Override
    public void unavailable(String reason) {}

    @Override
    public void absent(String reason) {
        if (!toldAbsent) {
            toldAbsent = true;
            LOG.warn(
                    "the annotation mesh.weft.dev/weight of Pods does not count: Pods cannot be followed ({});"
                            + " give the proxy-node the right to list and watch them, or write weights to EndpointSlices",
                    reason);
        }
    }

    private boolean put(JsonNode pod) {
        Integer weight = ResourceReader.podWeight(pod);
        String uid = pod.path("metadata").path("uid").asText();
        return put(ResourceReader.id(pod), weight == null ? null : new Weighed(uid, weight));
    }

    private synchronized boolean put(String id, @Nullable Weighed now) {
        Weighed before = now == null ? byPod.remove(id) : byPod.put(id, now);
        return now == null ? before != null : !now.equals(before);
    }
}
