package dev.weft.proxy.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.proxy.view.ResourceFeed;
import dev.weft.proxy.view.ResourceWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A small API in memory with versions, watches and optimistic writes; what each writer did can be asked. */
final class TestApi implements ResourceFeed {
    static final String SERVICES = "/api/v1/services";
    static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices";
    static final String LEASES = "/apis/coordination.k8s.io/v1/leases";

    private final Map<String, Map<String, JsonNode>> objects = new HashMap<>();
    private final Map<String, List<Follower>> followers = new HashMap<>();
    private final Set<String> writers = new LinkedHashSet<>();
    private final Set<String> cut = new HashSet<>();
    private final Map<String, Integer> requestsAtVersion = new HashMap<>();
    private long version;
    private int requests;
    private int late;
    private @Nullable Runnable edit;

    @Override
    public synchronized Subscription follow(String path, Follower follower) {
        followers.computeIfAbsent(path, first -> new ArrayList<>()).add(follower);
        follower.replaced(List.copyOf(of(path).values()));
        return () -> {};
    }

    synchronized JsonNode put(String path, ObjectNode object) {
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        metadata.put("resourceVersion", String.valueOf(++version));
        String id = metadata.path("namespace").asText() + "/"
                + metadata.path("name").asText();
        of(path).put(id, object);
        requestsAtVersion.put(path + id + version, requests);
        followers.getOrDefault(path, List.of()).forEach(follower -> follower.changed(object));
        return object;
    }

    synchronized JsonNode object(String path, String id) {
        return of(path).getOrDefault(id, JsonNodeFactory.instance.missingNode());
    }

    /** Who has changed a slice, in the order of their first time. */
    synchronized List<String> writers() {
        return List.copyOf(writers);
    }

    /** Patches that came for a version that was no longer the present one. */
    synchronized int lateWrites() {
        return late;
    }

    synchronized void cut(String writer, boolean off) {
        if (off) {
            cut.add(writer);
        } else {
            cut.remove(writer);
        }
    }

    /** Lets somebody else write between a patch and what it was decided from. */
    synchronized void editBeforeNextPatch(Runnable edit) {
        this.edit = edit;
    }

    /** How many requests there had been when the object got its n-th state. */
    synchronized int requestsBefore(String path, String id, int state) {
        List<Integer> counts = requestsAtVersion.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(path + id))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        return counts.get(state - 1);
    }

    ResourceWriter writer(String name) {
        return new Writer(name);
    }

    private Map<String, JsonNode> of(String path) {
        return objects.computeIfAbsent(path, first -> new LinkedHashMap<>());
    }

    private final class Writer implements ResourceWriter {
        private final String name;

        private Writer(String name) {
            this.name = name;
        }

        @Override
        public CompletionStage<Answer> get(String path) {
            return request(() -> {
                JsonNode object = of(collection(path)).get(id(path));
                return object == null ? new Answer(Result.MISSING, null, "no such object") : done(object);
            });
        }

        @Override
        public CompletionStage<Answer> create(String path, JsonNode object) {
            String own = path + "/" + object.path("metadata").path("name").asText();
            return request(() -> of(collection(own)).containsKey(id(own))
                    ? new Answer(Result.CONFLICT, null, "already there")
                    : done(put(collection(own), object.deepCopy())));
        }

        @Override
        public CompletionStage<Answer> replace(String path, JsonNode object) {
            return request(() -> isCurrent(
                            path,
                            object.path("metadata").path("resourceVersion").asText())
                    ? done(put(collection(path), object.deepCopy()))
                    : new Answer(Result.CONFLICT, null, "another version"));
        }

        @Override
        public CompletionStage<Answer> patch(String path, JsonNode operations) {
            return request(() -> {
                Runnable editing = edit;
                edit = null;
                if (editing != null) {
                    editing.run();
                }
                if (!isCurrent(path, operations.path(0).path("value").asText())) {
                    late++;
                    return new Answer(Result.CONFLICT, null, "another version");
                }
                writers.add(name);
                ObjectNode object = object(collection(path), id(path)).deepCopy();
                for (int i = 1; i < operations.size(); i++) {
                    add(object, operations.get(i));
                }
                return done(put(collection(path), object));
            });
        }

        private void add(ObjectNode object, JsonNode operation) {
            String pointer = operation.path("path").asText();
            int last = pointer.lastIndexOf('/');
            ((ObjectNode) object.at(pointer.substring(0, last)))
                    .set(pointer.substring(last + 1), operation.path("value"));
        }

        private boolean isCurrent(String path, String expected) {
            return object(collection(path), id(path))
                    .path("metadata")
                    .path("resourceVersion")
                    .asText()
                    .equals(expected);
        }

        private CompletionStage<Answer> request(Supplier<Answer> answer) {
            synchronized (TestApi.this) {
                requests++;
                return CompletableFuture.completedStage(
                        cut.contains(name) ? new Answer(Result.FAILED, null, "cut off") : answer.get());
            }
        }

        private Answer done(JsonNode object) {
            return new Answer(Result.DONE, object, "");
        }

        private String collection(String path) {
            int at = path.indexOf("/namespaces/");
            return path.substring(0, at) + "/" + path.split("/", -1)[path.split("/", -1).length - 2];
        }

        private String id(String path) {
            String[] parts = path.split("/", -1);
            return parts[parts.length - 3] + "/" + parts[parts.length - 1];
        }
    }
}
