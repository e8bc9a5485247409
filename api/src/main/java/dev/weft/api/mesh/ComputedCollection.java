package dev.weft.api.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The objects of one computed kind with their versions, and the last changes. Mutable, for one thread; knows no actor. */
final class ComputedCollection {
    /** Versions look like the registry's: milliseconds, then a counter. */
    private static final int COUNTER_BITS = 16;

    private final InstantSource clock;
    private final int historyLength;
    private final Map<ResourceKey, Held> held = new HashMap<>();
    private final Deque<Step> history = new ArrayDeque<>();
    private List<Resource> listed = List.of();
    private long version;
    private long base;

    private record Held(ComputedObject from, Resource object) {}

    /** One change; before or after may be null. */
    record Step(
            long version,
            @Nullable Resource before,
            @Nullable Resource after) {}

    /** @param historyLength so many changes are remembered for watches that come back */
    ComputedCollection(InstantSource clock, int historyLength) {
        this.clock = clock;
        this.historyLength = historyLength;
        this.version = clock.millis() << COUNTER_BITS;
        this.base = version;
    }

    /** Of the last change. */
    long version() {
        return version;
    }

    /** In the order of the last update. */
    List<Resource> objects() {
        return listed;
    }

    /** Takes over what there is now; gives what has changed. */
    List<Step> update(List<ComputedObject> now) {
        List<Step> steps = new ArrayList<>();
        List<Resource> all = new ArrayList<>(now.size());
        Set<ResourceKey> seen = new HashSet<>();
        for (ComputedObject each : now) {
            seen.add(each.key());
            Held before = held.get(each.key());
            Held after = next(before, each);
            held.put(each.key(), after);
            all.add(after.object());
            if (before == null || before.object().version() != after.object().version()) {
                steps.add(new Step(version, before == null ? null : before.object(), after.object()));
            }
        }
        held.entrySet().removeIf(entry -> {
            boolean gone = !seen.contains(entry.getKey());
            if (gone) {
                advance();
                steps.add(new Step(version, atVersion(entry.getValue().from(), version), null));
            }
            return gone;
        });
        listed = List.copyOf(all);
        remember(steps);
        return steps;
    }

    private Held next(@Nullable Held before, ComputedObject each) {
        if (before == null || !before.from().essence().equals(each.essence())) {
            advance();
            return new Held(each, atVersion(each, version));
        }
        return before.from().all().equals(each.all())
                ? before
                : new Held(each, atVersion(each, before.object().version()));
    }

    private void advance() {
        version = Math.max(version + 1, clock.millis() << COUNTER_BITS);
    }

    private void remember(List<Step> steps) {
        history.addAll(steps);
        while (history.size() > historyLength) {
            base = history.remove().version();
        }
    }

    /** The changes after a version; null if this collection never gave out that version, or has forgotten it. */
    @Nullable
    List<Step> since(long from) {
        boolean known = from == base || history.stream().anyMatch(step -> step.version() == from);
        return known ? history.stream().filter(step -> step.version() > from).toList() : null;
    }

    private static Resource atVersion(ComputedObject from, long version) {
        ObjectNode object = from.json().get();
        String uid = UUID.nameUUIDFromBytes(from.key().toString().getBytes(StandardCharsets.UTF_8))
                .toString();
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        metadata.put("uid", uid);
        metadata.put("resourceVersion", Long.toString(version));
        return new Resource(from.key(), uid, version, Map.of(), JsonBytes.of(object));
    }
}
