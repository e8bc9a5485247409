package dev.weft.registry.federation;

import dev.weft.gossip.FederationEvent;
import dev.weft.registry.resource.FederatedService;
import dev.weft.registry.resource.FederatedService.Endpoint;
import dev.weft.registry.resource.FederatedService.Export;
import dev.weft.registry.wire.ExportRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What all clusters export, name by name. Works a name out anew only when something of it changed, and then when asked:
 * what is equal stays the same object. Mutable, for one thread.
 */
final class FederatedServiceView {
    private final ExportIndex exported = new ExportIndex(namespace -> true, (name, cluster, properties) -> touch(name));
    private final Set<ExportName> dirty = new HashSet<>();
    private final Map<ExportName, FederatedService> services = new TreeMap<>();
    private Standing standing = Standing.GOOD;

    private void touch(ExportName name) {
        dirty.add(name);
    }

    void apply(FederationEvent event) {
        exported.apply(event);
        if (event instanceof FederationEvent.MembersChanged changed) {
            standing(Standing.of(changed.members()));
        }
    }

    private void standing(Standing now) {
        Set<String> concerned = new HashSet<>(now.named());
        concerned.addAll(standing.named());
        for (String cluster : concerned) {
            if (!now.agrees(standing, cluster)) {
                dirty.addAll(exported.namesOf(cluster));
            }
        }
        standing = now;
    }

    /** All names in order. */
    List<FederatedService> services() {
        for (ExportName name : dirty) {
            Map<String, ExportRecord.Service> exports = exported.services(name);
            if (exports.isEmpty()) {
                services.remove(name);
            } else {
                services.merge(name, service(name, exports), (held, now) -> held.equals(now) ? held : now);
            }
        }
        dirty.clear();
        return List.copyOf(services.values());
    }

    private FederatedService service(ExportName name, Map<String, ExportRecord.Service> exports) {
        Map<String, ExportRecord.Service> counted = new TreeMap<>(exports);
        counted.keySet().removeAll(standing.withdrawn());
        // Where nobody's word counts any more, it is still told whose did.
        ImportedService merged = ImportMerge.merge(counted.isEmpty() ? exports : counted, standing.clockOff());
        List<Export> all = new ArrayList<>();
        exports.forEach((cluster, export) -> all.add(new Export(
                cluster,
                Instant.ofEpochMilli(export.exportedAtMillis()),
                cluster.equals(merged.decides()),
                export.headless() ? "Headless" : "ClusterSetIP",
                ports(export.ports()),
                endpoints(name, cluster))));
        return new FederatedService(
                name.namespace(),
                name.name(),
                all,
                ports(merged.ports()),
                merged.conflictReason(),
                merged.conflicts().stream()
                        .map(ImportedService.Conflict::message)
                        .toList());
    }

    private static List<String> ports(List<ExportRecord.Port> ports) {
        return ports.stream()
                .map(port -> (port.name().isEmpty() ? "" : port.name() + " ") + port.port() + "/" + port.protocol())
                .toList();
    }

    /** An endpoint stands in several records while it moves between them; it is told once. */
    private List<Endpoint> endpoints(ExportName name, String cluster) {
        Map<String, Endpoint> byAddress = new TreeMap<>();
        for (ExportRecord.Endpoints part : exported.endpoints(name, cluster)) {
            for (ExportRecord.Endpoint endpoint : part.endpoints()) {
                endpoint.addresses().stream()
                        .findFirst()
                        .ifPresent(address -> byAddress.putIfAbsent(address, of(address, endpoint)));
            }
        }
        return byAddress.values().stream()
                .sorted(Comparator.comparing(Endpoint::address))
                .toList();
    }

    /** Rule EPS-2: what was not said of readiness and serving counts as yes. */
    private static Endpoint of(String address, ExportRecord.Endpoint endpoint) {
        boolean ready = !Boolean.FALSE.equals(endpoint.ready());
        boolean serving = endpoint.serving() == null ? ready : endpoint.serving();
        return new Endpoint(
                address, ready, serving, Boolean.TRUE.equals(endpoint.terminating()), endpoint.node(), endpoint.zone());
    }
}
