package dev.weft.registry.endpoints;

import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Derivation;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.StateView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps EndpointSlices and Endpoints equal to what Services and Pods say, within the step that changes them.
 *
 * <p>One instance belongs to one shard and is used by one thread. The cost of a Pod's change grows with the Services
 * that select it and the slices of those, not with the number of Services or Pods; that of a node's zone with the nodes and
 * with the Pods on that one. A Service of the topology mode {@code Auto} is looked at as a whole with each of its Pods.
 */
public final class EndpointsDerivation implements Derivation {
    private final NodeZones zones;
    /** Of each node that has Pods here: which, and in which zone they were last taken to be. */
    private final Map<String, OnNode> nodes = new HashMap<>();

    private final Map<ResourceKey, PodRecord> pods = new HashMap<>();
    private final Map<ResourceKey, ServiceEndpoints> services = new HashMap<>();
    private final SelectorIndex servicesBySelector = new SelectorIndex();
    private final SelectorIndex podsByLabel = new SelectorIndex();
    /** What slices said of nodes when this began: right until all nodes are known, or each start would rewrite the slices. */
    private final Map<String, String> zonesBefore = new HashMap<>();

    private long zonesSeen;
    /** As of the last look at the nodes, so that all Services of a batch go by the same. */
    private ZoneShares shares;

    /** Zones are known from Pods only. */
    public EndpointsDerivation() {
        this(NodeZones.UNKNOWN);
    }

    /** @param zones of the nodes of Pods that say no zone themselves; a change of them shows in the next batch */
    public EndpointsDerivation(NodeZones zones) {
        this.zones = zones;
        zonesSeen = zones.changes();
        shares = sharesOf(zones);
    }

    private static final class OnNode {
        final Set<ResourceKey> pods = new LinkedHashSet<>();
        String zone;

        OnNode(String zone) {
            this.zone = zone;
        }
    }

    /** What a step touched: Services as a whole, single Pods of Services, and slices that nobody claims. */
    private static final class Work {
        final Set<ResourceKey> wholeServices = new LinkedHashSet<>();
        final Map<ResourceKey, Set<String>> podsOfServices = new LinkedHashMap<>();
        final Set<ResourceKey> strays = new LinkedHashSet<>();
    }

    @Override
    public List<DerivedWrite> derive(StateView state, List<Change> changes) {
        Work work = new Work();
        for (Change change : changes) {
            ResourceType type = change.key().type();
            if (type.equals(EndpointTypes.PODS)) {
                onPod(work, change);
            } else if (type.equals(EndpointTypes.SERVICES)) {
                onService(work, state, change);
            } else if (type.equals(EndpointTypes.SLICES)) {
                onSlice(work, state, change);
            } else if (type.equals(EndpointTypes.ENDPOINTS)) {
                onEndpoints(work, state, change.key());
            }
        }
        return settle(work, state);
    }

    @Override
    public List<DerivedWrite> start(StateView state, List<Resource> everything) {
        pods.clear();
        services.clear();
        nodes.clear();
        zonesSeen = zones.changes();
        shares = sharesOf(zones);
        rememberZones(everything);
        Work work = new Work();
        everything.stream().filter(each -> isA(each, EndpointTypes.PODS)).forEach(pod -> {
            PodRecord present = PodRecord.parse(pod);
            pods.put(pod.key(), present);
            settleOn(pod.key(), present);
            podsByLabel.putUnderAll(pod.key(), pod.labels());
        });
        everything.stream()
                .filter(each -> isA(each, EndpointTypes.SERVICES))
                .forEach(service -> takeOver(work, service.key(), ServiceRecord.parse(service, state.tree(service))));
        for (Resource each : everything) {
            if (isA(each, EndpointTypes.SLICES) && isManaged(each)) {
                ServiceEndpoints service = services.get(serviceOf(each));
                if (service != null) {
                    service.adopt(state, each);
                }
                work.strays.add(each.key());
            } else if (isA(each, EndpointTypes.ENDPOINTS)) {
                onEndpoints(work, state, each.key());
            }
        }
        return settle(work, state);
    }

    private void rememberZones(List<Resource> everything) {
        zonesBefore.clear();
        if (zones.known()) {
            return;
        }
        for (Resource each : everything) {
            if (isA(each, EndpointTypes.SLICES)
                    && isManaged(each)
                    && each.json().mentions("\"zone\"")) {
                for (SliceEndpoint endpoint : SliceContent.parse(each).endpoints()) {
                    if (!endpoint.nodeName().isEmpty() && !endpoint.zone().isEmpty()) {
                        zonesBefore.put(endpoint.nodeName(), endpoint.zone());
                    }
                }
            }
        }
    }

    private String zoneOf(String node) {
        return zones.known() ? zones.of(node) : zonesBefore.getOrDefault(node, "");
    }

    private static ZoneShares sharesOf(NodeZones zones) {
        return zones.known() ? zones.shares() : ZoneShares.UNKNOWN;
    }

    private void onPod(Work work, Change change) {
        ResourceKey key = change.key();
        Resource after = change.after();
        PodRecord present = after == null ? null : PodRecord.parse(after);
        PodRecord before = present == null ? pods.remove(key) : pods.put(key, present);
        if (Objects.equals(present, before)) {
            return;
        }
        if (before != null && (present == null || !present.nodeName().equals(before.nodeName()))) {
            leave(key, before);
        }
        if (present != null) {
            settleOn(key, present);
        }
        Set<ResourceKey> candidates = new HashSet<>();
        if (before != null) {
            candidates.addAll(servicesBySelector.underAny(key.namespace(), before.labels()));
        }
        if (present == null) {
            podsByLabel.remove(key);
        } else {
            candidates.addAll(servicesBySelector.underAny(key.namespace(), present.labels()));
            if (before == null || !before.labels().equals(present.labels())) {
                podsByLabel.putUnderAll(key, present.labels());
            }
        }
        for (ResourceKey candidate : candidates) {
            ServiceEndpoints service = services.get(candidate);
            if (service != null) {
                boolean wasMember = service.hasMember(key.name());
                service.become(key.name(), present);
                if (wasMember || service.hasMember(key.name())) {
                    work.podsOfServices
                            .computeIfAbsent(candidate, none -> new LinkedHashSet<>())
                            .add(key.name());
                }
            }
        }
    }

    private void settleOn(ResourceKey key, PodRecord pod) {
        if (!pod.nodeName().isEmpty()) {
            nodes.computeIfAbsent(pod.nodeName(), name -> new OnNode(zoneOf(name)))
                    .pods
                    .add(key);
        }
    }

    private void leave(ResourceKey key, PodRecord pod) {
        OnNode node = nodes.get(pod.nodeName());
        if (node != null && node.pods.remove(key) && node.pods.isEmpty()) {
            nodes.remove(pod.nodeName());
        }
    }

    /** Looks again at the Pods of nodes whose zone has changed, and at Services of the mode Auto if the shares have. */
    @Override
    public List<DerivedWrite> due(StateView state) {
        long changes = zones.changes();
        if (changes == zonesSeen) {
            return List.of();
        }
        zonesSeen = changes;
        Work work = new Work();
        nodes.forEach((name, node) -> {
            String zone = zoneOf(name);
            if (!zone.equals(node.zone)) {
                node.zone = zone;
                node.pods.forEach(pod -> placeAgain(work, pod));
            }
        });
        ZoneShares now = sharesOf(zones);
        if (!now.equals(shares)) {
            shares = now;
            services.forEach((key, service) -> {
                if (service.followsShares()) {
                    work.podsOfServices.computeIfAbsent(key, none -> new LinkedHashSet<>());
                }
            });
        }
        return settle(work, state);
    }

    private void placeAgain(Work work, ResourceKey key) {
        PodRecord pod = pods.get(key);
        if (pod != null && pod.zone().isEmpty()) {
            for (ResourceKey candidate : servicesBySelector.underAny(key.namespace(), pod.labels())) {
                ServiceEndpoints service = services.get(candidate);
                if (service != null && service.hasMember(key.name())) {
                    work.podsOfServices
                            .computeIfAbsent(candidate, none -> new LinkedHashSet<>())
                            .add(key.name());
                }
            }
        }
    }

    private void onService(Work work, StateView state, Change change) {
        Resource after = change.after();
        takeOver(work, change.key(), after == null ? null : ServiceRecord.parse(after, state.tree(after)));
    }

    private void takeOver(Work work, ResourceKey key, @Nullable ServiceRecord present) {
        ServiceEndpoints service =
                services.computeIfAbsent(key, name -> new ServiceEndpoints(name, this::zoneOf, () -> shares));
        if (present != null && present.equals(service.service())) {
            return;
        }
        List<PodRecord> selected = new ArrayList<>();
        if (present != null && present.selects()) {
            servicesBySelector.putUnderRarest(key, present.selector());
            for (ResourceKey pod : podsByLabel.underRarest(key.namespace(), present.selector())) {
                PodRecord candidate = pods.get(pod);
                if (candidate != null && present.selects(candidate)) {
                    selected.add(candidate);
                }
            }
        } else {
            servicesBySelector.remove(key);
        }
        service.become(present, selected);
        work.wholeServices.add(key);
    }

    /** Slices are looked at again whoever wrote them: what is ours is put right, what is not ours stays. */
    private void onSlice(Work work, StateView state, Change change) {
        for (Resource side : sides(change)) {
            ResourceKey serviceKey = serviceOf(side);
            ServiceEndpoints service = services.get(serviceKey);
            if (service != null && service.compare(state, change.key())) {
                work.podsOfServices.computeIfAbsent(serviceKey, none -> new LinkedHashSet<>());
            }
        }
        work.strays.add(change.key());
    }

    private void onEndpoints(Work work, StateView state, ResourceKey key) {
        ResourceKey serviceKey = new ResourceKey(EndpointTypes.SERVICES, key.namespace(), key.name());
        ServiceEndpoints service = services.get(serviceKey);
        if (service != null && service.compareEndpoints(state)) {
            work.podsOfServices.computeIfAbsent(serviceKey, none -> new LinkedHashSet<>());
        }
    }

    private List<DerivedWrite> settle(Work work, StateView state) {
        List<DerivedWrite> writes = new ArrayList<>();
        for (ResourceKey key : work.wholeServices) {
            ServiceEndpoints service = services.get(key);
            if (service != null) {
                writes.addAll(service.settle(state));
                if (service.service() == null) {
                    services.remove(key);
                }
            }
        }
        work.podsOfServices.forEach((key, podNames) -> {
            ServiceEndpoints service = services.get(key);
            if (service != null && !work.wholeServices.contains(key)) {
                writes.addAll(service.settle(state, podNames));
            }
        });
        Set<ResourceKey> written = new HashSet<>();
        writes.forEach(write -> written.add(write.key()));
        for (ResourceKey key : work.strays) {
            Resource slice = state.get(key);
            if (slice != null && !written.contains(key) && isManaged(slice) && !isClaimed(slice)) {
                writes.add(new DerivedWrite.Remove(key));
            }
        }
        return writes;
    }

    /** A slice that says it is ours and has no place in any Service's layout is nobody's. */
    private boolean isClaimed(Resource slice) {
        ServiceEndpoints service = services.get(serviceOf(slice));
        return service != null && service.knows(slice.key().name());
    }

    private static boolean isManaged(Resource slice) {
        String manager = slice.labels().getOrDefault(EndpointTypes.MANAGED_BY, "");
        return manager.equals(EndpointTypes.SLICE_CONTROLLER) || manager.equals(EndpointTypes.MIRROR_CONTROLLER);
    }

    private static ResourceKey serviceOf(Resource slice) {
        String name = slice.labels().getOrDefault(EndpointTypes.SERVICE_NAME, "");
        return new ResourceKey(EndpointTypes.SERVICES, slice.key().namespace(), name);
    }

    private static List<Resource> sides(Change change) {
        List<Resource> sides = new ArrayList<>(2);
        if (change.before() != null) {
            sides.add(change.before());
        }
        if (change.after() != null) {
            sides.add(change.after());
        }
        return sides;
    }

    private static boolean isA(Resource resource, ResourceType type) {
        return resource.key().type().equals(type);
    }
}
