package dev.weft.registry.federation;

import dev.weft.registry.endpoints.EndpointPort;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.endpoints.SliceEndpoint;
import dev.weft.registry.endpoints.StableName;
import dev.weft.registry.wire.ExportRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One cluster's endpoints of one imported Service as EndpointSlices (rule MCS-15). Pure. */
final class ImportedSlices {
    /** As in slices of Pods: a change rewrites so many endpoints at most. */
    static final int CAPACITY = 100;

    private ImportedSlices() {}

    /**
     * The slices by name.
     *
     * @param served the ports that this cluster's endpoints answer; a port that another cluster won is not among them
     *     (rule MCS-10)
     * @param stale whether they are to rank behind the endpoints of other clusters
     */
    static Map<String, SliceContent> of(
            ExportName name,
            String cluster,
            Collection<ExportRecord.Endpoints> exported,
            Set<String> served,
            boolean stale) {
        Map<Group, Map<String, SliceEndpoint>> groups = new HashMap<>();
        for (ExportRecord.Endpoints part : exported) {
            List<EndpointPort> ports = part.ports().stream()
                    .filter(port -> served.contains(port.name()))
                    .map(port -> new EndpointPort(port.name(), port.protocol(), port.port(), port.appProtocol()))
                    .toList();
            if (ports.isEmpty() && !part.ports().isEmpty()) {
                continue;
            }
            Map<String, SliceEndpoint> members =
                    groups.computeIfAbsent(new Group(part.addressType(), ports), none -> new LinkedHashMap<>());
            for (ExportRecord.Endpoint endpoint : part.endpoints()) {
                if (!endpoint.addresses().isEmpty()) {
                    SliceEndpoint imported = imported(name, endpoint);
                    members.merge(imported.address(), imported, ImportedSlices::firstByText);
                }
            }
        }
        Map<String, SliceContent> slices = new TreeMap<>();
        groups.forEach((group, members) -> HashBuckets.deal(members.values(), SliceEndpoint::address, CAPACITY)
                .forEach((path, endpoints) -> slices.put(
                        sliceName(name, cluster, group, path), slice(name, cluster, group, endpoints, stale))));
        return slices;
    }

    private record Group(String addressType, List<EndpointPort> ports) {}

    private static String sliceName(ExportName name, String cluster, Group group, String path) {
        String identity = name + "/" + cluster + "/" + group + "/" + path;
        return name.name() + "-" + cluster + "-" + StableName.suffix(identity, 10);
    }

    private static SliceContent slice(
            ExportName name, String cluster, Group group, List<SliceEndpoint> endpoints, boolean stale) {
        return new SliceContent(
                group.addressType(),
                group.ports(),
                endpoints,
                Map.of(
                        FederationTypes.SERVICE_NAME,
                        name.name(),
                        FederationTypes.SOURCE_CLUSTER,
                        cluster,
                        EndpointTypes.MANAGED_BY,
                        FederationTypes.MANAGER),
                stale ? Map.of(FederationTypes.FRESHNESS, "stale") : Map.of(),
                List.of());
    }

    /** Two records that name one address (possible only while an endpoint moves): the choice must not depend on order. */
    private static SliceEndpoint firstByText(SliceEndpoint left, SliceEndpoint right) {
        return left.toString().compareTo(right.toString()) <= 0 ? left : right;
    }

    private static SliceEndpoint imported(ExportName name, ExportRecord.Endpoint endpoint) {
        boolean target = !endpoint.targetKind().isEmpty();
        return new SliceEndpoint(
                new ArrayList<>(endpoint.addresses()),
                endpoint.ready(),
                endpoint.serving(),
                endpoint.terminating(),
                endpoint.hostname(),
                endpoint.node(),
                endpoint.zone(),
                target
                        ? new SliceEndpoint.Target(
                                endpoint.targetKind(), name.namespace(), endpoint.targetName(), endpoint.targetUid())
                        : null,
                endpoint.zoneHints(),
                endpoint.nodeHints(),
                endpoint.weight());
    }
}
