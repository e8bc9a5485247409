package dev.weft.registry.federation;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.endpoints.EndpointPort;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.SliceContent;
import dev.weft.registry.endpoints.SliceEndpoint;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;

/** Services as a large cloud has them: long names of nodes and Pods, random uids, zones, two ports; the same for a seed. */
final class SampleServices {
    static final int NAMESPACES = 32;
    private static final int SLICE = 100;
    private static final String POD_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final List<EndpointPort> PORTS =
            List.of(new EndpointPort("http", "TCP", 8080, ""), new EndpointPort("metrics", "TCP", 9090, ""));

    private final int cluster;
    private final boolean hints;

    /**
     * @param cluster whose; what differs between clusters follows from it
     * @param hints whether endpoints name the zone that should prefer them
     */
    SampleServices(int cluster, boolean hints) {
        this.cluster = cluster;
        this.hints = hints;
    }

    static ExportName name(int service) {
        return new ExportName("checkout-" + service % NAMESPACES, "payment-gateway-" + service);
    }

    static Resource export(ExportName name) {
        return resource(
                name.key(FederationTypes.EXPORTS),
                "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'},'spec':{'exportedLabels':{'team':'checkout'}}}");
    }

    static Resource service(ExportName name) {
        return resource(
                name.key(EndpointTypes.SERVICES),
                "{'spec':{'type':'ClusterIP','clusterIP':'10.0.0.1','ipFamilies':['IPv4'],'sessionAffinity':'None',"
                        + "'internalTrafficPolicy':'Cluster','ports':[{'name':'http','port':80,'protocol':'TCP'},"
                        + "{'name':'metrics','port':9090,'protocol':'TCP'}]}}");
    }

    /** The slices of a Service with so many endpoints, one of which is perhaps not ready. */
    List<SliceContent> slices(ExportName name, int endpoints, int unready) {
        List<SliceContent> slices = new ArrayList<>();
        for (int from = 0; from < endpoints; from += SLICE) {
            slices.add(slice(name, from, Math.min(endpoints, from + SLICE), unready));
        }
        return slices;
    }

    /** Those with the numbers from one to another. */
    SliceContent slice(ExportName name, int from, int to, int unready) {
        List<SliceEndpoint> endpoints = new ArrayList<>();
        for (int i = from; i < to; i++) {
            endpoints.add(endpoint(name, i, i != unready));
        }
        return new SliceContent(
                "IPv4", PORTS, endpoints, Map.of(EndpointTypes.SERVICE_NAME, name.name()), Map.of(), List.of());
    }

    private SliceEndpoint endpoint(ExportName name, int number, boolean ready) {
        SplittableRandom random = new SplittableRandom(name.hashCode() * 31L * 1_000_003 + cluster * 100_003L + number);
        int host = random.nextInt(200);
        String zone = "eu-west-1" + "abc".charAt(host % 3);
        String node =
                "ip-10-" + (cluster % 250) + "-" + host / 16 + "-" + (host * 37) % 250 + ".eu-west-1.compute.internal";
        StringBuilder pod = new StringBuilder(name.name()).append("-6d5f8c9b7d-");
        for (int letter = 0; letter < 5; letter++) {
            pod.append(POD_LETTERS.charAt(random.nextInt(POD_LETTERS.length())));
        }
        return new SliceEndpoint(
                List.of("10." + (64 + cluster % 64) + "." + (number / 250) % 250 + "." + (1 + number % 250)),
                ready,
                ready,
                false,
                "",
                node,
                zone,
                new SliceEndpoint.Target(
                        "Pod",
                        name.namespace(),
                        pod.toString(),
                        new UUID((random.nextLong() & ~0xF000L) | 0x4000L, random.nextLong() | Long.MIN_VALUE)
                                .toString()),
                hints ? List.of(zone) : List.of(),
                List.of());
    }

    /** A slice as it is stored. */
    static Resource stored(ExportName name, int number, SliceContent slice) {
        ResourceKey key = new ResourceKey(EndpointTypes.SLICES, name.namespace(), name.name() + "-" + number);
        return resource(key, slice.toObject(key, ""));
    }

    static Resource resource(ResourceKey key, String json) {
        try {
            return resource(key, (ObjectNode) MAPPER.readTree(json.replace('\'', '"')));
        } catch (IOException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    static Resource resource(ResourceKey key, ObjectNode object) {
        Map<String, String> labels =
                MAPPER.convertValue(object.path("metadata").path("labels"), SampleServices.texts());
        return new Resource(key, "uid", 1, labels == null ? Map.of() : labels, JsonBytes.of(object));
    }

    private static TypeReference<Map<String, String>> texts() {
        return new TypeReference<>() {};
    }
}
