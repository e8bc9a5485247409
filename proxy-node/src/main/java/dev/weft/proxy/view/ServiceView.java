package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The immutable picture of all services, as one node sees them. Each change gives a new picture that shares what has
 * not changed, so that one slice's change costs the same among ten services as among ten thousand.
 */
public final class ServiceView {
    private final String nodeName;
    private final String nodeZone;
    private final boolean nodeLeaving;
    private final ImmutableIndex<ServiceKey, ServicePicture> services;
    private final ImmutableIndex<String, ServiceKey> sliceOwners;
    /** By uid. */
    private final Map<String, Integer> podWeights;

    private ServiceView(
            String nodeName,
            String nodeZone,
            boolean nodeLeaving,
            ImmutableIndex<ServiceKey, ServicePicture> services,
            ImmutableIndex<String, ServiceKey> sliceOwners,
            Map<String, Integer> podWeights) {
        this.nodeName = nodeName;
        this.nodeZone = nodeZone;
        this.nodeLeaving = nodeLeaving;
        this.services = services;
        this.sliceOwners = sliceOwners;
        this.podWeights = podWeights;
    }

    /** Nothing known yet, on a node of that name. */
    public static ServiceView empty(String nodeName) {
        return new ServiceView(nodeName, "", false, ImmutableIndex.empty(), ImmutableIndex.empty(), Map.of());
    }

    /** The zone label of this node's Node object; empty when it has none. */
    public String nodeZone() {
        return nodeZone;
    }

    /** Whether this node is about to go, as its Node object says (rule KP-9). */
    public boolean nodeLeaving() {
        return nodeLeaving;
    }

    /** What is known of a service; null for nothing. */
    public @Nullable ServicePicture get(ServiceKey key) {
        return services.get(key);
    }

    /** All services that are declared, in no order; costs their number. */
    public List<ServicePicture> declared() {
        List<ServicePicture> declared = new ArrayList<>();
        services.forEach((key, picture) -> {
            if (picture.entry() != null) {
                declared.add(picture);
            }
        });
        return declared;
    }

    /** Every service of which anything is known. */
    public Set<ServiceKey> keys() {
        return services.keys();
    }

    /** Takes in the news of one or more collections at once. */
    public ViewUpdate apply(List<ViewBatch> batches) {
        return apply(batches, podWeights);
    }

    /** The same with the weights of all Pods that are annotated with one, by uid. Other weights cost the size of the picture. */
    ViewUpdate apply(List<ViewBatch> batches, Map<String, Integer> podWeights) {
        Editor editor = new Editor(Map.copyOf(podWeights));
        batches.forEach(editor::apply);
        return editor.finish();
    }

    private final class Editor {
        private final ImmutableIndex.Editor<ServiceKey, ServicePicture> pictures = services.edit();
        private final ImmutableIndex.Editor<String, ServiceKey> owners = sliceOwners.edit();
        private final Map<ServiceKey, Map<String, @Nullable Slice>> sliceChanges = new HashMap<>();
        private final Set<ServiceKey> touched = new HashSet<>();
        private String zone = nodeZone;
        private boolean leaving = nodeLeaving;
        private final Map<String, Integer> weights;

        Editor(Map<String, Integer> weights) {
            this.weights = weights;
        }

        void apply(ViewBatch batch) {
            List<JsonNode> replaced = batch.replaced();
            if (replaced != null) {
                Map<String, ViewBatch.Change> all = new HashMap<>();
                known(batch.kind()).forEach((id, last) -> all.put(id, new ViewBatch.Change(last, true)));
                replaced.forEach(object -> all.put(ResourceReader.id(object), new ViewBatch.Change(object, false)));
                all.putAll(batch.changes());
                all.forEach((id, change) -> apply(batch.kind(), id, change));
            } else {
                batch.changes().forEach((id, change) -> apply(batch.kind(), id, change));
            }
        }

        ViewUpdate finish() {
            if (!weights.equals(podWeights)) {
                weighAgain();
            }
            sliceChanges.forEach(this::writeSlices);
            ImmutableIndex<ServiceKey, ServicePicture> built = pictures.build();
            if (!zone.equals(nodeZone)) {
                touched.addAll(built.keys());
            }
            return new ViewUpdate(
                    new ServiceView(nodeName, zone, leaving, built, owners.build(), weights), touched, false);
        }

        /** What stands; what has come now is weighed when it is written. */
        private void weighAgain() {
            services.forEach((key, picture) -> picture.slices().forEach((id, slice) -> {
                if (!slice.equals(slice.weighed(weights))) {
                    changesOf(key).putIfAbsent(id, slice);
                }
            }));
        }

        private void apply(WatchedKind kind, String id, ViewBatch.Change change) {
            JsonNode object = change.object();
            switch (kind) {
                case SERVICES ->
                    entry(keyOf(ServiceKey.Kind.SERVICE, id), change.deleted() ? null : ResourceReader.service(object));
                case IMPORTS ->
                    entry(
                            keyOf(ServiceKey.Kind.IMPORT, id),
                            change.deleted() ? null : ResourceReader.serviceImport(object));
                case SLICES -> slice(id, change.deleted() ? null : ResourceReader.slice(object));
                case NODES -> node(id, change);
            }
        }

        private void node(String id, ViewBatch.Change change) {
            if (id.equals("/" + nodeName)) {
                zone = change.deleted() ? "" : ResourceReader.zoneOf(change.object());
                leaving = !change.deleted() && ResourceReader.isLeaving(change.object());
            }
        }

        private void entry(ServiceKey key, @Nullable ServiceEntry entry) {
            ServicePicture present = pictures.get(key);
            ServiceEntry before = present == null ? null : present.entry();
            if (!Objects.equals(before, entry)) {
                write(new ServicePicture(key, entry, present == null ? Map.of() : present.slices()));
            }
        }

        private void slice(String id, @Nullable Slice slice) {
            ServiceKey before = owners.get(id);
            if (before != null && (slice == null || !slice.service().equals(before))) {
                changesOf(before).put(id, null);
                owners.remove(id);
            }
            if (slice != null) {
                changesOf(slice.service()).put(id, slice);
                owners.put(id, slice.service());
            }
        }

        private Map<String, @Nullable Slice> changesOf(ServiceKey key) {
            return sliceChanges.computeIfAbsent(key, absent -> new HashMap<>());
        }

        private void writeSlices(ServiceKey key, Map<String, @Nullable Slice> changes) {
            ServicePicture present = pictures.get(key);
            Map<String, Slice> before = present == null ? Map.of() : present.slices();
            Map<String, Slice> after = new HashMap<>(before);
            changes.forEach((id, slice) -> {
                if (slice == null) {
                    after.remove(id);
                } else {
                    after.put(id, slice.weighed(weights));
                }
            });
            if (!after.equals(before)) {
                write(new ServicePicture(key, present == null ? null : present.entry(), after));
            }
        }

        private void write(ServicePicture picture) {
            if (picture.entry() == null && picture.slices().isEmpty()) {
                pictures.remove(picture.key());
            } else {
                pictures.put(picture.key(), picture);
            }
            touched.add(picture.key());
        }

        /** Ids of what is known of a kind; the objects themselves are not kept, a deletion needs none. */
        private Map<String, JsonNode> known(WatchedKind kind) {
            Map<String, JsonNode> known = new HashMap<>();
            JsonNode none = MissingNode.getInstance();
            switch (kind) {
                case SERVICES, IMPORTS ->
                    services.forEach((key, picture) -> {
                        boolean imported = key.kind() == ServiceKey.Kind.IMPORT;
                        if (picture.entry() != null && imported == (kind == WatchedKind.IMPORTS)) {
                            known.put(key.namespace() + "/" + key.name(), none);
                        }
                    });
                case SLICES -> sliceOwners.forEach((id, owner) -> known.put(id, none));
                case NODES -> known.put("/" + nodeName, none);
            }
            return known;
        }

        private ServiceKey keyOf(ServiceKey.Kind kind, String id) {
            int slash = id.indexOf('/');
            return new ServiceKey(kind, id.substring(0, slash), id.substring(slash + 1));
        }
    }
}
