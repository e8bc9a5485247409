package dev.weft.proxy.dns;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.proxy.view.ResourceFeed;
import io.netty.util.NetUtil;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The addresses of all Pods by namespace, followed for verified pod records (rule DNS-10). Heard by one thread at a
 * time, asked by any. While the API is away the last that was known stays in use.
 */
final class PodAddresses implements PodDirectory, ResourceFeed.Follower {
    static final String PATH = "/api/v1/pods";

    private final Map<String, Set<Located>> byPod = new HashMap<>();
    private final Map<Located, Integer> counts = new ConcurrentHashMap<>();
    private volatile boolean listed;

    @Override
    public Answer find(String namespace, byte[] address) {
        if (counts.containsKey(new Located(namespace, new ByteKey(address)))) {
            return Answer.YES;
        }
        return listed ? Answer.NO : Answer.UNKNOWN;
    }

    @Override
    public void replaced(List<JsonNode> pods) {
        Set<String> gone = new HashSet<>(byPod.keySet());
        for (JsonNode pod : pods) {
            changed(pod);
            gone.remove(idOf(pod));
        }
        gone.forEach(id -> put(id, Set.of()));
        listed = true;
    }

    @Override
    public void changed(JsonNode pod) {
        JsonNode status = pod.path("status");
        String phase = status.path("phase").asText();
        boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
        Set<Located> addresses = new HashSet<>();
        if (!ended && !pod.path("spec").path("hostNetwork").asBoolean()) {
            add(pod, status.path("podIP"), addresses);
            status.path("podIPs").forEach(each -> add(pod, each.path("ip"), addresses));
        }
        put(idOf(pod), addresses);
    }

    @Override
    public void deleted(JsonNode pod) {
        put(idOf(pod), Set.of());
    }

    @Override
    public void unavailable(String reason) {
        // what is known stays in use
    }

    private void put(String id, Set<Located> after) {
        Set<Located> before = after.isEmpty() ? byPod.remove(id) : byPod.put(id, after);
        after.forEach(located -> counts.merge(located, 1, Integer::sum));
        if (before != null) {
            before.forEach(located -> counts.computeIfPresent(located, (same, count) -> count > 1 ? count - 1 : null));
        }
    }

    private static void add(JsonNode pod, JsonNode text, Set<Located> addresses) {
        byte[] address = text.isTextual() ? NetUtil.createByteArrayFromIpAddressString(text.asText()) : null;
        if (address != null) {
            addresses.add(new Located(pod.path("metadata").path("namespace").asText(), new ByteKey(address)));
        }
    }

    private static String idOf(JsonNode pod) {
        JsonNode metadata = pod.path("metadata");
        return metadata.path("namespace").asText() + "/" + metadata.path("name").asText();
    }

    private record Located(String namespace, ByteKey address) {}
}
