package dev.weft.registry.endpoints;

import dev.weft.registry.endpoints.PodEndpoints.Placed;
import dev.weft.registry.endpoints.ServiceRecord.Hints;
import dev.weft.registry.endpoints.SliceContent.Owner;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.StateView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All that derives from one Service: its slices, its Endpoints object, or the mirror of a hand-written one.
 *
 * <p>Mutable, for one thread.
 */
final class ServiceEndpoints {
    private final ResourceKey key;
    private final UnaryOperator<String> zoneOf;
    private final Supplier<ZoneShares> shares;
    private final SliceLayout slices;
    private final Map<String, PodRecord> members = new TreeMap<>();
    /** Of a hand-written Endpoints object; null while there is none, as with almost all Services. */
    private @Nullable SliceLayout mirrored;

    private @Nullable ServiceRecord service;
    private @Nullable ClassicEndpoints written;

    /**
     * @param zoneOf the zone of a node by its name; empty where that is not known
     * @param shares how the CPUs divide over the zones now
     */
    ServiceEndpoints(ResourceKey key, UnaryOperator<String> zoneOf, Supplier<ZoneShares> shares) {
        this.key = key;
        this.zoneOf = zoneOf;
        this.shares = shares;
        this.slices = new SliceLayout(key.namespace(), key.name() + "-", ServiceEndpoints::podIdentity);
    }

    /** The Service as it is now; null once it is gone. */
    @Nullable
    ServiceRecord service() {
        return service;
    }

    /** Takes over what the Service became, and the Pods that it selects now. */
    void become(@Nullable ServiceRecord present, Collection<PodRecord> selected) {
        service = present;
        members.clear();
        selected.forEach(pod -> members.put(pod.name(), pod));
    }

    /** Takes over what a Pod became. */
    void become(String podName, @Nullable PodRecord pod) {
        ServiceRecord present = service;
        if (pod != null && present != null && present.selects(pod)) {
            members.put(podName, pod);
        } else {
            members.remove(podName);
        }
    }

    /** Whether the hints of its endpoints depend on the shares of the zones, and so on each other. */
    boolean followsShares() {
        ServiceRecord present = service;
        return present != null && present.selects() && present.hints() == Hints.AUTO;
    }

    /** Whether this Pod was selected up to now. */
    boolean hasMember(String podName) {
        return members.containsKey(podName);
    }

    /** Takes over a stored slice at start. */
    void adopt(StateView state, Resource slice) {
        ServiceRecord present = service;
        SliceContent stored = SliceContent.parse(slice);
        Resource endpoints = state.get(endpointsKey());
        if (mirrors(slice) && endpoints != null) {
            mirror().adopt(slice.key().name(), stored, EndpointsMirror.meta(endpoints));
        } else if (!mirrors(slice) && present != null) {
            slices.adopt(slice.key().name(), stored, meta(present));
        }
    }

    /** Whether a slice of this name has a place here. */
    boolean knows(String slice) {
        SliceLayout mirror = mirrored;
        return slices.knows(slice) || (mirror != null && mirror.knows(slice));
    }

    /** Hears of a slice that carries this Service's name, by whoever it was written. Returns whether to settle again. */
    boolean compare(StateView state, ResourceKey slice) {
        if (!knows(slice.name())) {
            return false;
        }
        Resource stored = state.get(slice);
        SliceContent content = stored == null ? null : SliceContent.parse(state.tree(stored), stored.labels());
        SliceLayout mirror = mirrored;
        return slices.differs(slice.name(), content) || (mirror != null && mirror.differs(slice.name(), content));
    }

    /** Hears of the Endpoints object. Returns whether to settle again. */
    boolean compareEndpoints(StateView state) {
        Resource stored = state.get(endpointsKey());
        ClassicEndpoints present = stored == null ? null : ClassicEndpoints.parse(stored, state.tree(stored));
        boolean changed = service == null || !service.selects() || !Objects.equals(present, written);
        written = present;
        return changed;
    }

    /** What should follow when, of all that matters here, only these Pods changed. */
    List<DerivedWrite> settle(StateView state, Collection<String> podNames) {
        ServiceRecord present = service;
        if (present == null || !present.selects() || present.emptying() || followsShares()) {
            return settle(state);
        }
        Map<String, Placed> wanted = new LinkedHashMap<>();
        Set<String> gone = new TreeSet<>();
        for (String name : podNames) {
            present.families().forEach(family -> gone.add(family + "/" + name));
            place(wanted, present, name);
        }
        gone.removeAll(wanted.keySet());
        return fromPods(state, present, wanted, gone);
    }

    /** What should follow, looking at everything. */
    List<DerivedWrite> settle(StateView state) {
        ServiceRecord present = service;
        if (present != null && present.emptying()) {
            // What is removed from it would only come back, and the deletion would never end.
            return List.of();
        }
        if (present != null && present.selects()) {
            Map<String, Placed> wanted = new LinkedHashMap<>();
            members.keySet().forEach(name -> place(wanted, present, name));
            Set<String> gone = new TreeSet<>(slices.ids());
            gone.removeAll(wanted.keySet());
            return fromPods(state, present, followsShares() ? hinted(present, wanted) : wanted, gone);
        }
        Resource endpoints = state.get(endpointsKey());
        List<DerivedWrite> writes = new ArrayList<>(slices.dissolve());
        if (present != null && !present.external() && endpoints != null && EndpointsMirror.mirrors(endpoints)) {
            writes.addAll(fromEndpoints(state, endpoints));
        } else {
            writes.addAll(withoutMirror());
        }
        boolean ours = endpoints != null
                && EndpointTypes.ENDPOINTS_CONTROLLER.equals(
                        endpoints.labels().get(EndpointTypes.ENDPOINTS_MANAGED_BY));
        if (endpoints != null && (present == null || (present.external() && ours))) {
            writes.add(new DerivedWrite.Remove(endpointsKey()));
        }
        return writes;
    }

    private void place(Map<String, Placed> wanted, ServiceRecord present, String podName) {
        PodRecord pod = members.get(podName);
        if (pod != null) {
            PodEndpoints.of(present, pod, zoneOf).forEach(each -> wanted.put(each.family() + "/" + podName, each));
        }
    }

    /** All endpoints, with the hints that the shares of the zones give to the ready ones of each family. */
    private Map<String, Placed> hinted(ServiceRecord present, Map<String, Placed> wanted) {
        Map<String, Placed> hinted = new LinkedHashMap<>(wanted);
        for (String family : present.families()) {
            List<ZoneAllocation.Candidate> ready = new ArrayList<>();
            wanted.forEach((id, placed) -> {
                SliceEndpoint endpoint = placed.endpoint();
                if (placed.family().equals(family) && Boolean.TRUE.equals(endpoint.ready())) {
                    String zone = endpoint.zone();
                    ready.add(new ZoneAllocation.Candidate(id, zone, slices.hintOf(id, zone)));
                }
            });
            ZoneAllocation.of(shares.get(), ready)
                    .forEach((id, zone) -> hinted.computeIfPresent(
                            id,
                            (same, placed) -> new Placed(
                                    placed.family(),
                                    placed.ports(),
                                    placed.endpoint().hintedTo(zone))));
        }
        return hinted;
    }

    private List<DerivedWrite> fromPods(
            StateView state, ServiceRecord present, Map<String, Placed> wanted, Collection<String> gone) {
        List<DerivedWrite> writes = new ArrayList<>(withoutMirror());
        assign(slices, wanted, gone, freeName(state));
        writes.addAll(slices.settle(meta(present), present.families(), freeName(state)));
        ClassicEndpoints classic = ClassicEndpoints.of(present, members.values());
        if (!classic.equals(written)) {
            written = classic;
            writes.add(new DerivedWrite.Put(endpointsKey(), classic.toObject(endpointsKey())));
        }
        return writes;
    }

    private List<DerivedWrite> fromEndpoints(StateView state, Resource endpoints) {
        Map<String, Placed> wanted = EndpointsMirror.endpoints(endpoints);
        SliceLayout mirror = mirror();
        Set<String> gone = new TreeSet<>(mirror.ids());
        gone.removeAll(wanted.keySet());
        assign(mirror, wanted, gone, freeName(state));
        return mirror.settle(EndpointsMirror.meta(endpoints), List.of(), freeName(state));
    }

    private SliceLayout mirror() {
        SliceLayout present = mirrored;
        if (present == null) {
            present = new SliceLayout(key.namespace(), key.name() + "-", EndpointsMirror::identity);
            mirrored = present;
        }
        return present;
    }

    private List<DerivedWrite> withoutMirror() {
        SliceLayout gone = mirrored;
        mirrored = null;
        return gone == null ? List.of() : gone.dissolve();
    }

    private static void assign(
            SliceLayout layout, Map<String, Placed> wanted, Collection<String> gone, Predicate<String> isFree) {
        gone.forEach(id -> layout.makeRoom(id, null));
        wanted.forEach((id, placed) -> layout.makeRoom(id, placed.ports()));
        wanted.forEach((id, placed) -> layout.assign(id, placed, isFree));
    }

    private Predicate<String> freeName(StateView state) {
        return name -> state.get(new ResourceKey(EndpointTypes.SLICES, key.namespace(), name)) == null;
    }

    private static SliceLayout.Meta meta(ServiceRecord service) {
        Map<String, String> labels = new HashMap<>(service.labels());
        labels.remove(EndpointTypes.HEADLESS);
        if (service.headless()) {
            labels.put(EndpointTypes.HEADLESS, "");
        }
        labels.put(EndpointTypes.SERVICE_NAME, service.name());
        labels.put(EndpointTypes.MANAGED_BY, EndpointTypes.SLICE_CONTROLLER);
        return new SliceLayout.Meta(
                Map.copyOf(labels), Map.of(), new Owner("v1", "Service", service.name(), service.uid()));
    }

    private static String podIdentity(String family, List<EndpointPort> ports, SliceEndpoint endpoint) {
        SliceEndpoint.Target target = endpoint.target();
        return family + "/" + (target == null ? endpoint.address() : target.name());
    }

    private static boolean mirrors(Resource slice) {
        return EndpointTypes.MIRROR_CONTROLLER.equals(slice.labels().get(EndpointTypes.MANAGED_BY));
    }

    private ResourceKey endpointsKey() {
        return new ResourceKey(EndpointTypes.ENDPOINTS, key.namespace(), key.name());
    }
}
