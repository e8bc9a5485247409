package dev.weft.proxy.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the Kubernetes objects that the picture needs; pure. What an API server has admitted is taken as valid; a part
 * that still cannot be used (an unknown protocol, port 0) is left out, never guessed.
 */
final class ResourceReader {
    private static final String OURS = "mesh.weft.dev/";

    static final String ALGORITHM = "mesh.weft.dev/algorithm";
    static final String FRESHNESS = "mesh.weft.dev/freshness";
    /** On a slice, for all endpoints that the annotation below does not name; on a Pod. */
    static final String WEIGHT = "mesh.weft.dev/weight";

    /** On a slice, such as {@code 10.0.0.1=3,10.0.0.2=0}: the registry writes there what Pods are annotated with. */
    static final String WEIGHTS = "mesh.weft.dev/weights";

    static final String MODE = "mesh.weft.dev/mode";

    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String IMPORT_NAME = "multicluster.kubernetes.io/service-name";
    private static final String SOURCE_CLUSTER = "multicluster.kubernetes.io/source-cluster";
    private static final String PROXY_NAME = "service.kubernetes.io/service-proxy-name";
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String AUTOSCALER_TAINT = "ToBeDeletedByClusterAutoscaler";
    private static final int DEFAULT_AFFINITY_SECONDS = 10_800;
    private static final int MAX_WEIGHT = 65_535;
    private static final String WEIGHT_FORM = "[0-9]{1,5}";

    private ResourceReader() {}

    static String id(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return metadata.path("namespace").asText() + "/" + metadata.path("name").asText();
    }

    static ServiceKey keyOf(ServiceKey.Kind kind, JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ServiceKey(
                kind, metadata.path("namespace").asText(), metadata.path("name").asText());
    }

    /** Null for a Service that another proxy is to serve (label {@code service-proxy-name}). */
    static @Nullable ServiceEntry service(JsonNode object) {
        if (object.path("metadata").path("labels").has(PROXY_NAME)) {
            return null;
        }
        JsonNode spec = object.path("spec");
        String type = spec.path("type").asText("ClusterIP");
        List<String> external = addresses(spec.path("externalIPs"));
        List<String> balancer = balancerAddresses(object);
        external.addAll(balancer);
        boolean externalName = "ExternalName".equals(type);
        boolean accessible = "NodePort".equals(type) || "LoadBalancer".equals(type) || !external.isEmpty();
        return new ServiceEntry(
                keyOf(ServiceKey.Kind.SERVICE, object),
                externalName ? List.of() : clusterAddresses(spec),
                externalName ? List.of() : external,
                ports(spec.path("ports")),
                policy(spec.path("internalTrafficPolicy")),
                policy(spec.path("externalTrafficPolicy")),
                accessible && !externalName,
                affinity(spec),
                annotation(object, ALGORITHM),
                !externalName && "None".equals(spec.path("clusterIP").asText()),
                externalName ? text(spec.path("externalName")) : null,
                annotation(object, MODE),
                externalName ? List.of() : balancer,
                ranges(spec.path("loadBalancerSourceRanges")),
                annotations(object),
                healthCheckPort(spec, type));
    }

    static ServiceEntry serviceImport(JsonNode object) {
        JsonNode spec = object.path("spec");
        boolean headless = "Headless".equals(spec.path("type").asText());
        return new ServiceEntry(
                keyOf(ServiceKey.Kind.IMPORT, object),
                headless ? List.of() : addresses(spec.path("ips")),
                List.of(),
                ports(spec.path("ports")),
                policy(spec.path("internalTrafficPolicy")),
                TrafficPolicy.CLUSTER,
                false,
                affinity(spec),
                annotation(object, ALGORITHM),
                headless,
                null,
                annotation(object, MODE),
                List.of(),
                List.of(),
                annotations(object),
                0);
    }

    /** Null for a slice of no service, or of names instead of addresses. */
    static @Nullable Slice slice(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        JsonNode labels = metadata.path("labels");
        String namespace = metadata.path("namespace").asText();
        String addressType = object.path("addressType").asText();
        ServiceKey service;
        if (labels.hasNonNull(IMPORT_NAME)) {
            service = ServiceKey.imported(namespace, labels.get(IMPORT_NAME).asText());
        } else if (labels.hasNonNull(SERVICE_NAME)) {
            service = ServiceKey.service(namespace, labels.get(SERVICE_NAME).asText());
        } else {
            return null;
        }
        if (!"IPv4".equals(addressType) && !"IPv6".equals(addressType)) {
            return null;
        }
        String weight = annotation(object, WEIGHT);
        Map<String, Integer> weights = weights(annotation(object, WEIGHTS));
        List<SliceEndpoint> endpoints = new ArrayList<>();
        for (JsonNode endpoint : object.path("endpoints")) {
            String address = endpoint.path("addresses").path(0).asText("");
            if (!address.isEmpty()) {
                boolean said = weight != null || weights.containsKey(address);
                endpoints.add(endpoint(endpoint, address, weights.getOrDefault(address, weight(weight)), said));
            }
        }
        return new Slice(
                id(object),
                service,
                labels.path(SOURCE_CLUSTER).asText(""),
                "IPv6".equals(addressType),
                metadata.path("resourceVersion").asLong(0),
                slicePorts(object.path("ports")),
                endpoints,
                "stale".equals(annotation(object, FRESHNESS)));
    }

    /** What a Pod is annotated with; null for nothing that can be read. */
    static @Nullable Integer podWeight(JsonNode pod) {
        String annotation = annotation(pod, WEIGHT);
        return annotation == null || !annotation.matches(WEIGHT_FORM) ? null : weight(annotation);
    }

    /** A weight that a Pod is annotated with and that cannot be read; null for none. */
    static @Nullable String unreadablePodWeight(JsonNode pod) {
        String annotation = annotation(pod, WEIGHT);
        return annotation == null || annotation.matches(WEIGHT_FORM) ? null : annotation;
    }

    /** The zone that a Node is labelled with; empty for none. */
    static String zoneOf(JsonNode node) {
        return node.path("metadata").path("labels").path(ZONE).asText("");
    }

    /**
     * Rule KP-9: whether a Node is about to go: being deleted, or marked by the cluster autoscaler as one that will be.
     */
    static boolean isLeaving(JsonNode node) {
        for (JsonNode taint : node.path("spec").path("taints")) {
            if (AUTOSCALER_TAINT.equals(taint.path("key").asText())) {
                return true;
            }
        }
        return node.path("metadata").hasNonNull("deletionTimestamp");
    }

    /** Only where outside traffic goes to local endpoints alone (rule SVC-17). */
    private static int healthCheckPort(JsonNode spec, String type) {
        boolean local = policy(spec.path("externalTrafficPolicy")) == TrafficPolicy.LOCAL;
        return "LoadBalancer".equals(type) && local
                ? spec.path("healthCheckNodePort").asInt(0)
                : 0;
    }

    private static SliceEndpoint endpoint(JsonNode endpoint, String address, int weight, boolean weightSaid) {
        JsonNode conditions = endpoint.path("conditions");
        JsonNode hints = endpoint.path("hints");
        return new SliceEndpoint(
                address,
                conditions.path("ready").asBoolean(true),
                conditions.path("serving").asBoolean(true),
                conditions.path("terminating").asBoolean(false),
                text(endpoint.path("nodeName")),
                text(endpoint.path("zone")),
                names(hints.path("forNodes")),
                names(hints.path("forZones")),
                text(endpoint.path("targetRef").path("uid")),
                weight,
                weightSaid,
                text(endpoint.path("hostname")));
    }

    /** Rule EPS-7: a port without a name or a number is not for proxies. */
    private static List<Slice.SlicePort> slicePorts(JsonNode ports) {
        List<Slice.SlicePort> read = new ArrayList<>();
        for (JsonNode port : ports) {
            Protocol protocol = protocol(port.path("protocol"));
            int number = port.path("port").asInt(0);
            if (port.hasNonNull("name") && number > 0 && protocol != null) {
                read.add(new Slice.SlicePort(port.get("name").asText(), protocol, number));
            }
        }
        return read;
    }

    private static List<ServicePort> ports(JsonNode ports) {
        List<ServicePort> read = new ArrayList<>();
        for (JsonNode port : ports) {
            Protocol protocol = protocol(port.path("protocol"));
            int number = port.path("port").asInt(0);
            if (number > 0 && protocol != null) {
                read.add(new ServicePort(
                        port.path("name").asText(""),
                        protocol,
                        number,
                        port.path("nodePort").asInt(0)));
            }
        }
        return read;
    }

    private static List<String> clusterAddresses(JsonNode spec) {
        List<String> addresses = addresses(spec.path("clusterIPs"));
        if (addresses.isEmpty() && spec.hasNonNull("clusterIP")) {
            addresses.add(spec.get("clusterIP").asText());
        }
        addresses.removeIf(address -> address.isEmpty() || "None".equals(address));
        return addresses;
    }

    private static List<String> addresses(JsonNode array) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode address : array) {
            addresses.add(address.asText());
        }
        return addresses;
    }

    private static List<String> balancerAddresses(JsonNode object) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode ingress : object.path("status").path("loadBalancer").path("ingress")) {
            if (ingress.hasNonNull("ip") && "VIP".equals(ingress.path("ipMode").asText("VIP"))) {
                addresses.add(ingress.get("ip").asText());
            }
        }
        return addresses;
    }

    /** Rule SVC-18: ranges may be padded with spaces. */
    private static List<String> ranges(JsonNode array) {
        List<String> ranges = new ArrayList<>();
        for (JsonNode range : array) {
            ranges.add(range.asText().strip());
        }
        return ranges;
    }

    private static Set<String> names(JsonNode array) {
        if (array.isEmpty()) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        for (JsonNode element : array) {
            names.add(element.path("name").asText());
        }
        return names;
    }

    private static @Nullable Protocol protocol(JsonNode node) {
        String name = node.asText("TCP").toUpperCase(Locale.ROOT);
        for (Protocol protocol : Protocol.values()) {
            if (protocol.name().equals(name)) {
                return protocol;
            }
        }
        return null;
    }

    private static TrafficPolicy policy(JsonNode node) {
        return "Local".equals(node.asText()) ? TrafficPolicy.LOCAL : TrafficPolicy.CLUSTER;
    }

    private static @Nullable Duration affinity(JsonNode spec) {
        if (!"ClientIP".equals(spec.path("sessionAffinity").asText())) {
            return null;
        }
        return Duration.ofSeconds(spec.path("sessionAffinityConfig")
                .path("clientIP")
                .path("timeoutSeconds")
                .asInt(DEFAULT_AFFINITY_SECONDS));
    }

    private static int weight(@Nullable String annotation) {
        if (annotation == null || !annotation.matches(WEIGHT_FORM)) {
            return 1;
        }
        return Math.min(MAX_WEIGHT, Integer.parseInt(annotation));
    }

    private static Map<String, Integer> weights(@Nullable String annotation) {
        if (annotation == null) {
            return Map.of();
        }
        Map<String, Integer> weights = new HashMap<>();
        for (String part : annotation.split(",", -1)) {
            int equals = part.lastIndexOf('=');
            if (equals > 0) {
                weights.put(
                        part.substring(0, equals).strip(),
                        weight(part.substring(equals + 1).strip()));
            }
        }
        return weights;
    }

    private static Map<String, String> annotations(JsonNode object) {
        Map<String, String> ours = new HashMap<>();
        for (Map.Entry<String, JsonNode> each :
                object.path("metadata").path("annotations").properties()) {
            if (each.getKey().startsWith(OURS)) {
                ours.put(each.getKey().substring(OURS.length()), each.getValue().asText());
            }
        }
        return ours;
    }

    private static @Nullable String annotation(JsonNode object, String name) {
        return text(object.path("metadata").path("annotations").path(name));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() && !node.asText().isEmpty() ? node.asText() : null;
    }
}
