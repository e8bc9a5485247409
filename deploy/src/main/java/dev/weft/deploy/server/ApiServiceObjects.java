package dev.weft.deploy.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.NetworkRanges;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The Service {@code kubernetes} and its Endpoints in the namespace {@code default}, by which programs find the API, as
 * kube-apiserver keeps them. Pure.
 *
 * <p>Over TLS it is port 443 by the name of {@code https}, as everywhere. Over plain HTTP it must not be called that; its port
 * is then one that needs no privilege.
 *
 * @param address the first one of the first range of ClusterIPs
 * @param loopback whether loopback addresses are sound endpoints in this cluster
 */
record ApiServiceObjects(IpAddress address, boolean loopback) {
    static final String NAME = "kubernetes";
    static final String SERVICES = "/api/v1/namespaces/default/services";
    static final String ENDPOINTS = "/api/v1/namespaces/default/endpoints";

    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 8001;
    private static final String PROVIDER = "provider";

    static ApiServiceObjects of(NetworkRanges ranges) {
        return new ApiServiceObjects(ranges.serviceCidrs().get(0).first().plus(1), ranges.inLoopback());
    }

    /** The Service, for processes that serve the API at these addresses; at least one. */
    ObjectNode service(Collection<URI> alive) {
        ObjectNode service = named("Service");
        ObjectNode spec = service.putObject("spec");
        spec.put("type", "ClusterIP").put("clusterIP", address.toString()).put("sessionAffinity", "None");
        spec.putArray("clusterIPs").add(address.toString());
        spec.set("ports", ports(alive));
        return service;
    }

    private static ArrayNode ports(Collection<URI> alive) {
        URI first = alive.iterator().next();
        boolean tls = isTls(first);
        ArrayNode ports = JsonNodeFactory.instance.arrayNode();
        ports.addObject()
                .put("name", first.getScheme())
                .put("port", tls ? HTTPS_PORT : HTTP_PORT)
                .put("protocol", "TCP")
                .put("targetPort", first.getPort());
        return ports;
    }

    /** The Endpoints, in whose image slices are made: one subset for each port on which processes listen. */
    ObjectNode endpoints(Collection<URI> alive) {
        ObjectNode endpoints = named("Endpoints");
        ArrayNode subsets = endpoints.putArray("subsets");
        if (alive.isEmpty()) {
            return endpoints;
        }
        String scheme = alive.iterator().next().getScheme();
        TreeMap<Integer, TreeSet<String>> byPort = new TreeMap<>();
        for (URI each : alive) {
            Optional<IpAddress> ip = ip(each).filter(this::isSound);
            if (ip.isPresent() && each.getScheme().equals(scheme)) {
                byPort.computeIfAbsent(each.getPort(), port -> new TreeSet<>())
                        .add(ip.get().toString());
            }
        }
        byPort.forEach((port, addresses) -> {
            ObjectNode subset = subsets.addObject();
            ArrayNode list = subset.putArray("addresses");
            addresses.forEach(ip -> list.addObject().put("ip", ip));
            subset.putArray("ports")
                    .addObject()
                    .put("name", scheme)
                    .put("port", port)
                    .put("protocol", "TCP");
        });
        return endpoints;
    }

    /** What must be changed in a Service that is there; empty if nothing must. */
    Optional<ObjectNode> change(JsonNode present, Collection<URI> alive) {
        ArrayNode wanted = ports(alive);
        JsonNode port = present.at("/spec/ports/0");
        boolean same = port.path("name").asText().equals(wanted.at("/0/name").asText())
                && port.path("port").asInt() == wanted.at("/0/port").asInt()
                && present.at("/spec/ports").size() == 1;
        if (same) {
            return Optional.empty();
        }
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.putObject("spec").set("ports", wanted);
        return Optional.of(change);
    }

    /** The same for Endpoints. */
    Optional<ObjectNode> changeOfEndpoints(JsonNode present, Collection<URI> alive) {
        JsonNode wanted = endpoints(alive).path("subsets");
        if (told(wanted).equals(told(present.path("subsets")))) {
            return Optional.empty();
        }
        ObjectNode change = JsonNodeFactory.instance.objectNode();
        change.set("subsets", wanted);
        return Optional.of(change);
    }

    /** What subsets come to, whoever wrote them down and however. */
    private static List<String> told(JsonNode subsets) {
        List<String> told = new ArrayList<>();
        for (JsonNode subset : subsets) {
            for (JsonNode address : subset.path("addresses")) {
                for (JsonNode port : subset.path("ports")) {
                    told.add(address.path("ip").asText() + " "
                            + port.path("name").asText() + " "
                            + port.path("port").asText());
                }
            }
        }
        told.sort(null);
        return told;
    }

    /** Whether an object of that name is one of these, and not somebody's own. */
    static boolean isOurs(JsonNode object) {
        return object.at("/metadata/labels").path(PROVIDER).asText().equals(NAME);
    }

    private static boolean isTls(URI api) {
        return api.getScheme().equals("https");
    }

    private boolean isSound(IpAddress ip) {
        return !ip.isUnspecified() && !ip.isLinkLocal() && (loopback || !ip.isLoopback());
    }

    private static Optional<IpAddress> ip(URI api) {
        String host = String.valueOf(api.getHost());
        return IpAddress.parse(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
    }

    private static ObjectNode named(String kind) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", "v1").put("kind", kind);
        ObjectNode metadata = object.putObject("metadata");
        metadata.put("name", NAME).put("namespace", "default");
        metadata.putObject("labels").put("component", "apiserver").put(PROVIDER, NAME);
        return object;
    }
}
