package dev.weft.registry.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a Service or a ServiceImport needs from the pools, and how it looks with it. Pools: {@code service-ipv4}, {@code
 * service-ipv6}, {@code clusterset-ipv4}, {@code clusterset-ipv6}, {@code node-port-tcp}, {@code node-port-udp}, {@code
 * node-port-sctp}.
 */
public final class ServiceAddressing {
    private static final ResourceType SERVICES = new ResourceType("", "services");
    private static final ResourceType IMPORTS = new ResourceType("multicluster.x-k8s.io", "serviceimports");

    private ServiceAddressing() {}

    /**
     * What must be claimed before the object can be stored.
     *
     * @param object after defaults
     * @param present as it is stored now; null for a new one. What it holds needs no new claim
     * @param grants what was claimed for it already
     */
    public static List<Claim> wanted(JsonNode object, @Nullable JsonNode present, List<Grant> grants) {
        Set<Held> there = new HashSet<>();
        if (present != null) {
            there.addAll(held(present));
        }
        List<Claim> missing = new ArrayList<>();
        for (Claim claim : claims(object)) {
            boolean granted = grants.stream()
                    .anyMatch(grant -> grant.claim().field().equals(claim.field())
                            && grant.claim().pool().equals(claim.pool())
                            && (claim.wish().isEmpty() || claim.wish().equals(grant.value())));
            boolean own = !claim.wish().isEmpty() && there.contains(new Held(claim.pool(), claim.wish()));
            if (!granted && !own) {
                missing.add(claim);
            }
        }
        return missing;
    }

    /**
     * Writes granted addresses and ports to where the object is still open, in place. Ports of the same number get the same
     * node port, which is then to be claimed for their protocol, too.
     */
    public static void fill(ObjectNode object, List<Grant> grants) {
        share(object);
        if (grants.isEmpty()) {
            return;
        }
        for (Claim claim : claims(object)) {
            grants.stream()
                    .filter(grant -> claim.wish().isEmpty()
                            && grant.claim().field().equals(claim.field())
                            && grant.claim().pool().equals(claim.pool()))
                    .findFirst()
                    .ifPresent(grant -> put(object, claim.field(), grant.value()));
        }
        share(object);
    }

    private static void share(ObjectNode object) {
        JsonNode ports = object.path("spec").path("ports");
        if (!object.path("kind").asText().equals("Service") || !isAutomatic(object.path("spec"))) {
            return;
        }
        for (JsonNode each : ports) {
            if (each instanceof ObjectNode port && port.path("nodePort").asInt(0) == 0) {
                int shared = nodePortOf(ports, port);
                if (shared > 0) {
                    port.put("nodePort", shared);
                }
            }
        }
    }

    /** What another protocol of the same port has; 0 if nothing. */
    private static int nodePortOf(JsonNode ports, JsonNode port) {
        for (JsonNode other : ports) {
            int nodePort = other.path("nodePort").asInt(0);
            if (nodePort > 0 && other.path("port").equals(port.path("port"))) {
                return nodePort;
            }
        }
        return 0;
    }

    private static boolean isAutomatic(JsonNode spec) {
        String type = spec.path("type").asText();
        return type.equals("NodePort")
                || (type.equals("LoadBalancer")
                        && spec.path("allocateLoadBalancerNodePorts").asBoolean(true));
    }

    /** Whether a port waits for the node port of one before it that has the same number. */
    private static boolean waits(JsonNode ports, int index) {
        for (int i = 0; i < index; i++) {
            if (ports.get(i).path("nodePort").asInt(0) == 0
                    && ports.get(i).path("port").equals(ports.get(index).path("port"))) {
                return true;
            }
        }
        return false;
    }

    /** Everything that an object holds from the pools, as it stands. */
    public static Set<Held> held(JsonNode object) {
        Set<Held> all = new HashSet<>();
        for (Claim claim : claims(object)) {
            if (!claim.wish().isEmpty()) {
                all.add(new Held(claim.pool(), claim.wish()));
            }
        }
        return all;
    }

    /** What an object no longer holds after a step; after a deletion, everything. */
    public static Set<Held> released(JsonNode before, @Nullable JsonNode after) {
        Set<Held> gone = held(before);
        if (after != null) {
            gone.removeAll(held(after));
        }
        return gone;
    }

    /** All claims of an object, with what stands in it already as wishes. */
    public static List<Claim> claims(JsonNode object) {
        return switch (object.path("kind").asText()) {
            case "Service" -> serviceClaims(object);
            case "ServiceImport" -> importClaims(object);
            default -> List.of();
        };
    }

    private static List<Claim> serviceClaims(JsonNode service) {
        List<Claim> claims = new ArrayList<>();
        ResourceKey owner = key(SERVICES, service);
        JsonNode spec = service.path("spec");
        String type = spec.path("type").asText();
        if (type.equals("ExternalName")) {
            return claims;
        }
        if (!spec.path("clusterIP").asText().equals("None")) {
            addresses("service", spec.path("ipFamilies"), spec.path("clusterIPs"), "spec.clusterIPs", owner, claims);
        }
        boolean loadBalancer = type.equals("LoadBalancer");
        boolean automatic = isAutomatic(spec);
        JsonNode ports = spec.path("ports");
        for (int i = 0; i < ports.size() && (automatic || loadBalancer); i++) {
            int wish = ports.get(i).path("nodePort").asInt(0);
            if (wish > 0 || (automatic && !waits(ports, i))) {
                String protocol = ports.get(i).path("protocol").asText("TCP").toLowerCase(Locale.ROOT);
                claims.add(new Claim("node-port-" + protocol, wish(wish), owner, "spec.ports[" + i + "].nodePort"));
            }
        }
        if (loadBalancer && spec.path("externalTrafficPolicy").asText().equals("Local")) {
            int wish = spec.path("healthCheckNodePort").asInt(0);
            claims.add(new Claim("node-port-tcp", wish(wish), owner, "spec.healthCheckNodePort"));
        }
        return claims;
    }

    private static List<Claim> importClaims(JsonNode serviceImport) {
        List<Claim> claims = new ArrayList<>();
        JsonNode spec = serviceImport.path("spec");
        if (spec.path("type").asText().equals("ClusterSetIP")) {
            ResourceKey owner = key(IMPORTS, serviceImport);
            addresses("clusterset", spec.path("ipFamilies"), spec.path("ips"), "spec.ips", owner, claims);
        }
        return claims;
    }

    private static void addresses(
            String pool, JsonNode families, JsonNode ips, String field, ResourceKey owner, List<Claim> claims) {
        int count = Math.max(Math.max(families.size(), ips.size()), 1);
        for (int i = 0; i < count; i++) {
            String wish = ips.path(i).asText();
            String family = families.path(i)
                    .asText(IpAddress.parse(wish)
                            .map(address -> address.family().name())
                            .orElse("IPv4"));
            claims.add(new Claim(
                    pool + "-" + family.toLowerCase(Locale.ROOT), canonical(wish), owner, field + "[" + i + "]"));
        }
    }

    private static String canonical(String ip) {
        return IpAddress.parse(ip).map(IpAddress::toString).orElse(ip);
    }

    private static String wish(int port) {
        return port > 0 ? Integer.toString(port) : "";
    }

    private static ResourceKey key(ResourceType type, JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ResourceKey(
                type, metadata.path("namespace").asText(), metadata.path("name").asText());
    }

    private static void put(ObjectNode object, String field, String value) {
        if (!(object.get("spec") instanceof ObjectNode spec)) {
            return;
        }
        Optional<Integer> index = index(field);
        if (field.startsWith("spec.clusterIPs[")) {
            set(spec, "clusterIPs", index.orElse(0), value);
            if (index.orElse(0) == 0) {
                spec.put("clusterIP", value);
            }
        } else if (field.startsWith("spec.ips[")) {
            set(spec, "ips", index.orElse(0), value);
        } else if (field.equals("spec.healthCheckNodePort")) {
            spec.put("healthCheckNodePort", Integer.parseInt(value));
        } else if (spec.path("ports").path(index.orElse(0)) instanceof ObjectNode port) {
            port.put("nodePort", Integer.parseInt(value));
        }
    }

    private static Optional<Integer> index(String field) {
        int open = field.indexOf('[');
        return open < 0
                ? Optional.empty()
                : Optional.of(Integer.parseInt(field.substring(open + 1, field.indexOf(']', open))));
    }

    private static void set(ObjectNode spec, String field, int index, String value) {
        ArrayNode list = spec.get(field) instanceof ArrayNode there ? there : spec.putArray(field);
        while (list.size() <= index) {
            list.add("");
        }
        list.set(index, list.textNode(value));
    }

    /**
     * One address or port of a pool.
     *
     * @param value canonical
     */
    public record Held(String pool, String value) {}
}
