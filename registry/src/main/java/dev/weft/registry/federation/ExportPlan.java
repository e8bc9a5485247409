package dev.weft.registry.federation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.endpoints.EndpointPort;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.endpoints.SliceEndpoint;
import dev.weft.registry.endpoints.StableName;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.wire.ExportRecord;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What this cluster tells the others of one Service. Pure: equal objects give equal records under equal keys. */
final class ExportPlan {
    /**
     * So many endpoints stand in one record at most. More means fewer records and larger ones: with 3 a change of one
     * endpoint stays under 512 bytes on a link, with the long names of a large cloud and all that goes around it: the
     * signature, and the envelopes of gRPC, TLS and TCP.
     */
    static final int ENDPOINTS_PER_RECORD = 3;

    private ExportPlan() {}

    /**
     * Whether a ServiceExport can be carried out (rules MCS-1, MCS-2).
     *
     * @param reason of the condition
     */
    record Validity(String reason, String message) {
        static final Validity VALID = new Validity("Valid", "The Service is exported.");
        static final Validity NO_SERVICE =
                new Validity("NoService", "No Service of this name exists in this namespace; create it to export it.");
        static final Validity INVALID_SERVICE_TYPE = new Validity(
                "InvalidServiceType", "A Service of type ExternalName cannot be exported; use any other type.");

        /**
         * What the other clusters would have to be told in one piece is larger than they take.
         *
         * @param bytes of the largest piece
         */
        static Validity tooLarge(int bytes, int bound) {
            return new Validity(
                    "TooLarge",
                    "The Service has too much to tell other clusters: " + bytes
                            + " bytes in one record (expected: at most "
                            + bound
                            + ", weft.gossip.wire.payload-bytes); give it fewer or shorter ports, exportedLabels"
                            + " or exportedAnnotations, or spread them over several Services.");
        }

        static Validity of(@Nullable Resource service) {
            if (service == null) {
                return NO_SERVICE;
            }
            boolean external = spec(service).path("type").asText("").equals("ExternalName");
            return external ? INVALID_SERVICE_TYPE : VALID;
        }
    }

    /** The records by key; none unless the export is valid. */
    static Map<String, ExportRecord> records(
            Resource export, @Nullable Resource service, Collection<SliceContent> slices) {
        Map<String, ExportRecord> records = new TreeMap<>();
        if (service == null || !Validity.of(service).equals(Validity.VALID)) {
            return records;
        }
        ExportName name = ExportName.of(export.key());
        records.put(new ExportKey(name, "").toString(), service(export, service));
        for (Map.Entry<Group, Map<String, ExportRecord.Endpoint>> group :
                groups(slices).entrySet()) {
            String groupName = group.getKey().name();
            HashBuckets.deal(
                            group.getValue().values(),
                            endpoint -> endpoint.addresses().get(0),
                            ENDPOINTS_PER_RECORD)
                    .forEach((path, endpoints) -> records.put(
                            new ExportKey(name, groupName + "." + path).toString(),
                            new ExportRecord.Endpoints(
                                    group.getKey().addressType(), group.getKey().ports(), endpoints)));
        }
        return records;
    }

    /** Endpoints that share family and ports. */
    private record Group(String addressType, List<ExportRecord.Port> ports) {
        String name() {
            return StableName.suffix(addressType + ports, 6);
        }
    }

    private static Map<Group, Map<String, ExportRecord.Endpoint>> groups(Collection<SliceContent> slices) {
        Map<Group, Map<String, ExportRecord.Endpoint>> groups = new HashMap<>();
        for (SliceContent slice : slices) {
            Group group = new Group(
                    slice.addressType(),
                    slice.ports().stream().map(ExportPlan::port).toList());
            Map<String, ExportRecord.Endpoint> members = groups.computeIfAbsent(group, none -> new LinkedHashMap<>());
            for (SliceEndpoint endpoint : slice.endpoints()) {
                if (!endpoint.address().isEmpty()) {
                    members.merge(endpoint.address(), endpoint(slice, endpoint), ExportPlan::livelier);
                }
            }
        }
        return groups;
    }

    /**
     * The same address twice: an endpoint that moves between slices, or a Pod that got the address of one that is
     * going; the live one counts, whichever slice is newer (rule EPS-9).
     */
    private static ExportRecord.Endpoint livelier(ExportRecord.Endpoint left, ExportRecord.Endpoint right) {
        int byLife = Integer.compare(life(left), life(right));
        if (byLife != 0) {
            return byLife > 0 ? left : right;
        }
        return left.toString().compareTo(right.toString()) <= 0 ? left : right;
    }

    private static int life(ExportRecord.Endpoint endpoint) {
        boolean ready = !Boolean.FALSE.equals(endpoint.ready());
        boolean serving = !Boolean.FALSE.equals(endpoint.serving());
        boolean terminating = Boolean.TRUE.equals(endpoint.terminating());
        return (terminating ? 0 : 4) + (ready ? 2 : 0) + (serving ? 1 : 0);
    }

    private static ExportRecord.Service service(Resource export, Resource service) {
        JsonNode exportJson = export.json().toTree();
        JsonNode spec = spec(service);
        List<ExportRecord.Port> ports = new ArrayList<>();
        for (JsonNode port : spec.path("ports")) {
            ports.add(new ExportRecord.Port(
                    port.path("name").asText(""),
                    port.path("protocol").asText("TCP"),
                    port.path("port").asInt(0),
                    port.path("appProtocol").asText("")));
        }
        List<String> families = new ArrayList<>();
        spec.path("ipFamilies").forEach(family -> families.add(family.asText("")));
        return new ExportRecord.Service(
                millis(exportJson.path("metadata").path("creationTimestamp").asText("")),
                spec.path("clusterIP").asText("").equals("None"),
                ports,
                spec.path("sessionAffinity").asText("None"),
                spec.path("sessionAffinityConfig")
                        .path("clientIP")
                        .path("timeoutSeconds")
                        .asInt(0),
                families.isEmpty() ? List.of("IPv4") : families,
                spec.path("internalTrafficPolicy").asText(""),
                spec.path("trafficDistribution").asText(""),
                texts(exportJson.path("spec").path("exportedLabels")),
                texts(exportJson.path("spec").path("exportedAnnotations")));
    }

    private static JsonNode spec(Resource service) {
        return service.json().toTree().path("spec");
    }

    private static ExportRecord.Port port(EndpointPort port) {
        return new ExportRecord.Port(port.name(), port.protocol(), port.port(), port.appProtocol());
    }

    private static ExportRecord.Endpoint endpoint(SliceContent slice, SliceEndpoint endpoint) {
        SliceEndpoint.Target target = endpoint.target();
        return new ExportRecord.Endpoint(
                endpoint.addresses(),
                endpoint.ready(),
                endpoint.serving(),
                endpoint.terminating(),
                endpoint.hostname(),
                endpoint.nodeName(),
                endpoint.zone(),
                target == null ? "" : target.kind(),
                target == null ? "" : target.name(),
                target == null ? "" : target.uid(),
                endpoint.forZones(),
                endpoint.forNodes(),
                slice.weightOf(endpoint));
    }

    private static Map<String, String> texts(JsonNode map) {
        Map<String, String> texts = new HashMap<>();
        map.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText("")));
        return texts;
    }

    private static long millis(String timestamp) {
        try {
            return Instant.parse(timestamp).toEpochMilli();
        } catch (DateTimeException e) {
            return Long.MAX_VALUE; // an export that cannot say its age is younger than any other
        }
    }
}
