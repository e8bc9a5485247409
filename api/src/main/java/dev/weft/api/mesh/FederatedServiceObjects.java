package dev.weft.api.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.ClusterMember;
import dev.weft.registry.resource.FederatedService;
import dev.weft.registry.resource.FederatedService.Endpoint;
import dev.weft.registry.resource.FederatedService.Export;
import dev.weft.registry.resource.ResourceKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Exported services as objects, with how sure this node is of each exporter. Pure. */
final class FederatedServiceObjects {
    /** Of one export; what goes beyond is counted. So no object outgrows what other kinds may have. */
    private static final int MOST_ENDPOINTS = 1_000;

    private FederatedServiceObjects() {}

    /** How sure this node is of one cluster. */
    private record Standing(String state, @Nullable Instant staleSince) {}

    private record Essence(FederatedService service, List<Standing> standings) {}

    /** @param members by name */
    static ComputedObject of(FederatedService service, Map<String, ClusterMember> members) {
        List<Standing> standings = new ArrayList<>();
        service.exports().forEach(export -> standings.add(standing(members.get(export.cluster()))));
        Essence essence = new Essence(service, standings);
        ResourceKey key = new ResourceKey(MeshKinds.FEDERATED_SERVICES.type(), service.namespace(), service.name());
        return new ComputedObject(key, essence, essence, () -> object(service, standings));
    }

    private static Standing standing(@Nullable ClusterMember member) {
        return member == null
                ? new Standing("Unknown", null)
                : new Standing(member.state(), ClusterObjects.staleSince(member));
    }

    private static ObjectNode object(FederatedService service, List<Standing> standings) {
        ObjectNode object = ClusterObjects.start(MeshKinds.FEDERATED_SERVICES);
        Export oldest = decider(service);
        object.putObject("metadata")
                .put("name", service.name())
                .put("namespace", service.namespace())
                .put(
                        "creationTimestamp",
                        oldest.exportedAt().truncatedTo(ChronoUnit.SECONDS).toString());
        ObjectNode spec = object.putObject("spec").put("type", oldest.type());
        service.ports().forEach(spec.putArray("ports")::add);
        ObjectNode status = object.putObject("status");
        status.putObject("decision").put("cluster", oldest.cluster()).put("reason", reason(service, oldest));
        ObjectNode conflict = status.putObject("conflict").put("reason", service.conflictReason());
        service.conflicts().forEach(conflict.putArray("messages")::add);
        status.put(
                "endpoints",
                service.exports().stream()
                        .mapToInt(each -> each.endpoints().size())
                        .sum());
        status.put(
                "readyEndpoints",
                service.exports().stream()
                        .mapToInt(FederatedServiceObjects::ready)
                        .sum());
        var exports = status.putArray("exports");
        for (int i = 0; i < service.exports().size(); i++) {
            put(exports.addObject(), service.exports().get(i), standings.get(i));
        }
        return object;
    }

    private static Export decider(FederatedService service) {
        return service.exports().stream()
                .filter(Export::decides)
                .findFirst()
                .orElseGet(() -> service.exports().get(0));
    }

    /** Rules MCS-5 and MCS-6. */
    private static String reason(FederatedService service, Export decider) {
        if (service.exports().size() == 1) {
            return "It is the only export.";
        }
        boolean alone = service.exports().stream()
                        .filter(each -> each.exportedAt().equals(decider.exportedAt()))
                        .count()
                == 1;
        boolean older =
                service.exports().stream().anyMatch(each -> each.exportedAt().isBefore(decider.exportedAt()));
        String since = "of " + decider.exportedAt();
        if (older) {
            return "It is the oldest export that counts, " + since
                    + "; the others are of clusters that are withdrawn, or whose clocks are off.";
        }
        return alone
                ? "It is the oldest export, " + since + "."
                : "It is one of the oldest exports, " + since + ", and the cluster's name sorts first among them.";
    }

    private static int ready(Export export) {
        return (int) export.endpoints().stream().filter(Endpoint::ready).count();
    }

    private static void put(ObjectNode json, Export export, Standing standing) {
        json.put("cluster", export.cluster());
        json.put("exportedAt", export.exportedAt().toString());
        json.put("decides", export.decides());
        json.put("type", export.type());
        export.ports().forEach(json.putArray("ports")::add);
        json.put("state", standing.state());
        ClusterObjects.putTime(json, "staleSince", standing.staleSince());
        json.put("readyEndpoints", ready(export));
        if (export.endpoints().size() > MOST_ENDPOINTS) {
            json.put("endpointsOmitted", export.endpoints().size() - MOST_ENDPOINTS);
        }
        var endpoints = json.putArray("endpoints");
        // Ready ones last: of a large export those that are left out should be of no interest.
        export.endpoints().stream()
                .sorted(Comparator.comparing(Endpoint::ready).thenComparing(Endpoint::address))
                .limit(MOST_ENDPOINTS)
                .forEach(endpoint -> put(endpoints.addObject(), endpoint));
    }

    private static void put(ObjectNode json, Endpoint endpoint) {
        json.put("address", endpoint.address());
        json.put("ready", endpoint.ready());
        json.put("serving", endpoint.serving());
        json.put("terminating", endpoint.terminating());
        if (!endpoint.node().isEmpty()) {
            json.put("node", endpoint.node());
        }
        if (!endpoint.zone().isEmpty()) {
            json.put("zone", endpoint.zone());
        }
    }
}
