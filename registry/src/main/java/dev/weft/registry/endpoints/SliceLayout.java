package dev.weft.registry.endpoints;

import dev.weft.registry.endpoints.PodEndpoints.Placed;
import dev.weft.registry.endpoints.SliceContent.Owner;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint of one Service stands in which of its slices, kept so that little is rewritten: an endpoint stays where
 * it is for as long as its ports stay; a new one fills the fullest slice that has room; a slice that got empty is used
 * again before a new one is made, and removed otherwise.
 *
 * <p>Mutable, for one thread: the step of a shard.
 */
final class SliceLayout {
    /** Kubernetes' default for {@code --max-endpoints-per-slice}. */
    static final int CAPACITY = 100;

    /** What all slices of a layout say alike. */
    record Meta(Map<String, String> labels, Map<String, String> annotations, Owner owner) {}

    /** Tells endpoints apart within a layout. */
    interface Identity {
        String of(String family, List<EndpointPort> ports, SliceEndpoint endpoint);
    }

    private final String namespace;
    private final String base;
    private final Identity identity;
    private final Map<String, Slice> slices = new TreeMap<>();
    private final Map<String, Slice> places = new HashMap<>();
    private @Nullable Meta meta;

    private static final class Slice {
        final String name;
        final String family;
        List<EndpointPort> ports;
        final Map<String, SliceEndpoint> endpoints = new LinkedHashMap<>();
        boolean dirty;

        Slice(String name, String family, List<EndpointPort> ports) {
            this.name = name;
            this.family = family;
            this.ports = ports;
        }
    }

    /** @param base what the names of the slices begin with */
    SliceLayout(String namespace, String base, Identity identity) {
        this.namespace = namespace;
        this.base = base;
        this.identity = identity;
    }

    /** Takes over a slice that is stored, e.g. after a restart. */
    void adopt(String name, SliceContent stored, Meta expected) {
        Slice slice = new Slice(name, stored.addressType(), stored.ports());
        slices.put(name, slice);
        for (SliceEndpoint endpoint : stored.endpoints()) {
            String id = identity.of(slice.family, slice.ports, endpoint);
            if (slice.endpoints.size() == CAPACITY || places.putIfAbsent(id, slice) != null) {
                slice.dirty = true;
            } else {
                slice.endpoints.put(id, endpoint);
            }
        }
        slice.dirty |= !content(slice, expected).equals(stored);
        meta = expected;
    }

    boolean knows(String name) {
        return slices.containsKey(name);
    }

    /** Compares what is stored with what should be. Returns whether it must be written again. */
    boolean differs(String name, @Nullable SliceContent stored) {
        Slice slice = slices.get(name);
        Meta present = meta;
        if (slice != null && present != null && !Objects.equals(stored, content(slice, present))) {
            slice.dirty = true;
            return true;
        }
        return false;
    }

    /** Takes out an endpoint unless it may stay in its slice. Calling this first lets emptied slices be used again. */
    void makeRoom(String id, @Nullable List<EndpointPort> ports) {
        Slice slice = places.get(id);
        if (slice != null && !slice.ports.equals(ports)) {
            places.remove(id);
            slice.endpoints.remove(id);
            slice.dirty = true;
        }
    }

    /**
     * Puts an endpoint where it belongs, or changes it where it is.
     *
     * @param isFree whether the namespace has no slice of this name yet
     */
    void assign(String id, Placed placed, Predicate<String> isFree) {
        makeRoom(id, placed.ports());
        Slice slice = places.get(id);
        if (slice == null) {
            slice = sliceWithRoom(placed.family(), placed.ports(), isFree);
            places.put(id, slice);
        }
        if (!placed.endpoint().equals(slice.endpoints.put(id, placed.endpoint()))) {
            slice.dirty = true;
        }
    }

    /** The zone that an endpoint is hinted to; empty if it has no place, not one such zone, or is said to be in another than this. */
    String hintOf(String id, String zone) {
        Slice slice = places.get(id);
        SliceEndpoint endpoint = slice == null ? null : slice.endpoints.get(id);
        return endpoint == null
                        || !endpoint.zone().equals(zone)
                        || endpoint.forZones().size() != 1
                ? ""
                : endpoint.forZones().get(0);
    }

    /** The endpoints that have a place. */
    Collection<String> ids() {
        return List.copyOf(places.keySet());
    }

    private Slice sliceWithRoom(String family, List<EndpointPort> ports, Predicate<String> isFree) {
        Slice fullest = null;
        Slice empty = null;
        for (Slice slice : slices.values()) {
            int size = slice.endpoints.size();
            if (!slice.family.equals(family) || size == CAPACITY) {
                continue;
            }
            if (size == 0) {
                empty = empty == null ? slice : empty;
            } else if (slice.ports.equals(ports) && (fullest == null || size > fullest.endpoints.size())) {
                fullest = slice;
            }
        }
        if (fullest != null) {
            return fullest;
        }
        if (empty == null) {
            return add(family, ports, isFree);
        }
        empty.ports = ports;
        empty.dirty = true;
        return empty;
    }

    private Slice add(String family, List<EndpointPort> ports, Predicate<String> isFree) {
        Slice slice = new Slice(freeName(family, isFree), family, ports);
        slice.dirty = true;
        slices.put(slice.name, slice);
        return slice;
    }

    /** Names are made without chance, so that a replay comes to the same ones. */
    private String freeName(String family, Predicate<String> isFree) {
        for (int attempt = 0; ; attempt++) {
            String name = base + StableName.suffix(namespace + "/" + base + "/" + family + "/" + attempt, 5);
            if (!slices.containsKey(name) && isFree.test(name)) {
                return name;
            }
        }
    }

    /**
     * The writes that make the stored slices equal to this layout.
     *
     * @param placeholders the families that keep one empty slice where they have no endpoint, as in Kubernetes
     */
    List<DerivedWrite> settle(Meta wanted, Collection<String> placeholders, Predicate<String> isFree) {
        if (!wanted.equals(meta)) {
            slices.values().forEach(slice -> slice.dirty |= meta != null);
            meta = wanted;
        }
        List<DerivedWrite> writes = new ArrayList<>();
        removeEmpty(placeholders, isFree).forEach(name -> writes.add(new DerivedWrite.Remove(key(name))));
        for (Slice slice : slices.values()) {
            if (slice.dirty) {
                slice.dirty = false;
                writes.add(new DerivedWrite.Put(
                        key(slice.name), content(slice, wanted).toObject(key(slice.name), base)));
            }
        }
        return writes;
    }

    /** Forgets everything; the writes that remove what is stored. */
    List<DerivedWrite> dissolve() {
        List<DerivedWrite> writes = new ArrayList<>(slices.size());
        slices.keySet().forEach(name -> writes.add(new DerivedWrite.Remove(key(name))));
        slices.clear();
        places.clear();
        meta = null;
        return writes;
    }

    /** The names of the slices that are gone, in order. */
    private List<String> removeEmpty(Collection<String> placeholders, Predicate<String> isFree) {
        List<String> removed = new ArrayList<>();
        Set<String> filled = new TreeSet<>();
        slices.values().stream().filter(slice -> !slice.endpoints.isEmpty()).forEach(slice -> filled.add(slice.family));
        for (Iterator<Slice> all = slices.values().iterator(); all.hasNext(); ) {
            Slice slice = all.next();
            if (slice.endpoints.isEmpty()) {
                if (placeholders.contains(slice.family) && filled.add(slice.family)) {
                    slice.dirty |= !slice.ports.isEmpty();
                    slice.ports = List.of();
                } else {
                    all.remove();
                    removed.add(slice.name);
                }
            }
        }
        for (String family : placeholders) {
            if (filled.add(family)) {
                add(family, List.of(), isFree);
            }
        }
        return removed;
    }

    private ResourceKey key(String name) {
        return new ResourceKey(EndpointTypes.SLICES, namespace, name);
    }

    private static SliceContent content(Slice slice, Meta meta) {
        return new SliceContent(
                slice.family,
                slice.ports,
                List.copyOf(slice.endpoints.values()),
                meta.labels(),
                meta.annotations(),
                List.of(meta.owner()));
    }
}
