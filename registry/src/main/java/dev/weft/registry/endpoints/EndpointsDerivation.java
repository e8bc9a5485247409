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
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps EndpointSlices and Endpoints equal to what Services and Pods say, within the step that changes them.
 *
 * <p>One instance belongs to one shard and is used by one thread. The cost of a Pod's change grows with the Services
 * that select it and the slices of those, not with the number of Services or Pods.
 */
public final class EndpointsDerivation implements Derivation {
    private final UnaryOperator<String> zoneOf;
    private final Map<ResourceKey, PodRecord> pods = new HashMap<>();
    private final Map<ResourceKey, ServiceEndpoints> services = new HashMap<>();
    private final SelectorIndex servicesBySelector = new SelectorIndex();
    private final SelectorIndex podsByLabel = new SelectorIndex();

    /** Zones are known from Pods only. */
    public EndpointsDerivation() {
        this(node -> "");
    }

    /**
     * @param zoneOf the zone of a node by its name, empty if unknown; asked when an endpoint is computed, so a Node that
     *     gets its zone later shows at the next change of a Pod or Service
     */
    public EndpointsDerivation(UnaryOperator<String> zoneOf) {
        this.zoneOf = zoneOf;
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
                onService(work, change);
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
        Work work = new Work();
        everything.stream().filter(each -> isA(each, EndpointTypes.PODS)).forEach(pod -> {
            pods.put(pod.key(), PodRecord.parse(pod));
            podsByLabel.putUnderAll(pod.key(), pod.labels());
        });
        everything.stream()
                .filter(each -> isA(each, EndpointTypes.SERVICES))
                .forEach(service -> takeOver(work, service.key(), ServiceRecord.parse(service)));
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

    private void onPod(Work work, Change change) {
        ResourceKey key = change.key();
        Resource after = change.after();
        PodRecord present = after == null ? null : PodRecord.parse(after);
        PodRecord before = present == null ? pods.remove(key) : pods.put(key, present);
        if (Objects.equals(present, before)) {
            return;
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

    private void onService(Work work, Change change) {
        Resource after = change.after();
        takeOver(work, change.key(), after == null ? null : ServiceRecord.parse(after));
    }

    private void takeOver(Work work, ResourceKey key, @Nullable ServiceRecord present) {
        ServiceEndpoints service = services.computeIfAbsent(key, name -> new ServiceEndpoints(name, zoneOf));
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
