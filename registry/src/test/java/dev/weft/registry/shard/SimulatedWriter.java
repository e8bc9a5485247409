package dev.weft.registry.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.testbed.History;
import dev.weft.registry.watch.WindowView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads objects of its own through all nodes in turn. It is the only one who writes them, and does so one after
 * the other, so that it knows what a read must show.
 */
final class SimulatedWriter extends SimulatedClient {
    static final String NUMBER = "example.com/n";
    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final long PATIENCE = 6_000_000;
    /** Of a hundred things that it does, those from here on are reads. */
    private static final int READS = 82;

    private final int thinking;
    private final TreeMap<ResourceKey, Known> certain = new TreeMap<>();
    private final Set<ResourceKey> doubtful = new HashSet<>();
    private boolean resting;
    private boolean stopping;
    private boolean idle = true;
    private int made;
    private int failures;

    SimulatedWriter(SimulatedCluster cluster, String name, Random random, History history, int thinking) {
        super(cluster, name, random, history);
        this.thinking = thinking;
    }

    /** What must be there of an object. */
    private record Known(long version, int content) {}

    void start() {
        later();
    }

    /** From now on it only reads. */
    void rest() {
        resting = true;
    }

    void stop() {
        stopping = true;
    }

    boolean isIdle() {
        return idle;
    }

    int failures() {
        return failures;
    }

    private void later() {
        idle = true;
        time.in(1_000L + random.nextInt(cluster.suspect() == null ? thinking : thinking / 8), () -> {
            if (!stopping) {
                step();
            }
        });
    }

    private void step() {
        idle = false;
        int kind = resting ? READS : random.nextInt(100);
        SimulatedNode node = (kind < READS ? cluster.anyHostToWrite() : cluster.anyHost()).node();
        if (node == null) {
            // Nobody listens: nothing was sent.
            later();
            return;
        }
        if (resting && certain.isEmpty()) {
            later();
            return;
        }
        if (certain.isEmpty() || kind < 40) {
            create(node);
            return;
        }
        List<ResourceKey> keys = new ArrayList<>(certain.keySet());
        ResourceKey key = keys.get(random.nextInt(keys.size()));
        Known known = Objects.requireNonNull(certain.get(key));
        if (kind < 70) {
            update(node, key, known);
        } else if (kind < READS) {
            Write.Deletion deletion = SimulatedObjects.deletionOf(known.version());
            write(node, new Write.Delete(key, deletion, Write.Options.DEFAULT), known, History.ABSENT);
        } else {
            read(node, key, known);
        }
    }

    private void create(SimulatedNode node) {
        String plural = SimulatedObjects.PLURALS.get(random.nextInt(SimulatedObjects.PLURALS.size()));
        // A name that is free again is used again now and then.
        int number = random.nextInt(4) == 0 ? random.nextInt(made + 1) : made++;
        ResourceKey key =
                SimulatedObjects.key(plural, NAMESPACES.get(random.nextInt(NAMESPACES.size())), name + "-" + number);
        if (certain.containsKey(key) || doubtful.contains(key)) {
            later();
            return;
        }
        create(node, key);
    }

    private void create(SimulatedNode node, ResourceKey key) {
        ObjectNode object = SimulatedObjects.body(key, 1, random);
        write(
                node,
                new Write.Create(key, JsonBytes.of(object), Write.Options.DEFAULT),
                new Known(0, History.ABSENT),
                1);
    }

    private void update(SimulatedNode node, ResourceKey key, Known known) {
        int content = known.content() + 1;
        ObjectNode patch = SimulatedObjects.change(key, known.version(), content, random);
        write(
                node,
                new Write.Patch(
                        key, "", Write.PatchType.MERGE_PATCH, new Write.PatchBody(patch, false), Write.Options.DEFAULT),
                known,
                content);
    }

    private void write(SimulatedNode node, Write write, Known known, int content) {
        this.<Optional<Outcome>>ask(node, PATIENCE, answer -> node.write(write, answer), answer -> {
            String object = SimulatedObjects.name(write.key());
            Optional<Outcome> outcome = answer.flatMap(any -> any);
            if (outcome.isPresent() && outcome.get() instanceof Outcome.Done done) {
                done(write, done.object(), content);
                if (readBack(write.key()) || bringBack(write)) {
                    return;
                }
            } else if (outcome.isPresent() && isCertain(((Outcome.Refused) outcome.get()).refusal())) {
                refused(write, known, ((Outcome.Refused) outcome.get()).refusal());
            } else {
                failures++;
                certain.remove(write.key());
                doubtful.add(write.key());
                history.doubtful(object, Set.of(known.content(), content));
            }
            later();
        });
    }

    /** Where somebody may hold what is out of date, he is asked at once: a little later he knows. */
    private boolean readBack(ResourceKey key) {
        SimulatedHost suspect = cluster.suspect();
        SimulatedNode node = suspect == null ? null : suspect.node();
        Known known = certain.get(key);
        if (node == null || known == null) {
            return false;
        }
        read(node, key, known);
        return true;
    }

    /** Who replaces an object deletes it and creates it at once: what the old one held is still being given back. */
    private boolean bringBack(Write write) {
        SimulatedNode node = cluster.anyHostToWrite().node();
        if (!(write instanceof Write.Delete) || stopping || node == null || random.nextBoolean()) {
            return false;
        }
        create(node, write.key());
        return true;
    }

    private void done(Write write, Resource object, int content) {
        String type = write instanceof Write.Create ? "ADDED" : content == History.ABSENT ? "DELETED" : "MODIFIED";
        history.acknowledged(type, SimulatedObjects.name(write.key()), object.version(), content);
        if (content == History.ABSENT) {
            certain.remove(write.key());
        } else {
            certain.put(write.key(), new Known(object.version(), content));
        }
    }

    /** Whether a refusal says that nothing was carried out. */
    private static boolean isCertain(Refusal refusal) {
        return switch (refusal.reason()) {
            case Timeout, ServerTimeout, InternalError -> false;
            default -> true;
        };
    }

    private void refused(Write write, Known known, Refusal refusal) {
        switch (refusal.reason()) {
            case TooManyRequests, ServiceUnavailable, InsufficientStorage -> failures++;
            case Invalid -> {
                // The address or port that it wished for may be another's, or there may be none left.
                if (!refusal.message().contains("allocat")) {
                    history.violation(write.key() + ": " + refusal.message());
                }
            }
            default ->
                history.violation(write.key() + " was to be at " + known + ", but " + refusal.reason() + ": "
                        + refusal.message());
        }
    }

    private void read(SimulatedNode node, ResourceKey key, Known known) {
        boolean merged = random.nextInt(3) == 0;
        int window = merged ? cluster.placement().shards() : cluster.placement().shardOf(key);
        this.<Optional<WindowView>>ask(node, PATIENCE, answer -> node.reach(window, answer), view -> {
            view.flatMap(any -> any).ifPresent(seen -> {
                Resource there = seen.get(key);
                if (there == null || there.version() != known.version() || number(there) != known.content()) {
                    history.violation(key + " was to be at " + known + ", but " + node.name() + " showed "
                            + (there == null ? "nothing" : there.version() + ": " + number(there)) + " at "
                            + time.micros() + " us");
                }
            });
            later();
        });
    }

    static int number(@Nullable Resource object) {
        JsonNode tree = object == null
                ? JsonNodeFactory.instance.objectNode()
                : object.json().toTree();
        return tree.path("metadata").path("annotations").path(NUMBER).asInt(History.ABSENT);
    }
}
