package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The cells of Services, Endpoints and EndpointSlices. */
final class ServiceColumns {
    private static final int SHOWN = 3;

    private ServiceColumns() {}

    static String externalIp(JsonNode service) {
        Set<String> ips = new TreeSet<>();
        Trees.at(service, "spec", "externalIPs").forEach(ip -> ips.add(ip.asText()));
        return switch (Trees.text(service, "spec", "type")) {
            case "ExternalName" -> Trees.text(service, "spec", "externalName");
            case "LoadBalancer" -> loadBalancer(service, ips);
            default -> Columns.orNone(String.join(",", ips));
        };
    }

    private static String loadBalancer(JsonNode service, Set<String> ips) {
        List<String> shown = new ArrayList<>();
        for (JsonNode ingress : Trees.at(service, "status", "loadBalancer", "ingress")) {
            String ip = Trees.text(ingress, "ip");
            String address = ip.isEmpty() ? Trees.text(ingress, "hostname") : ip;
            if (!address.isEmpty()) {
                shown.add(address);
            }
        }
        shown.addAll(ips);
        return shown.isEmpty() ? "<pending>" : String.join(",", shown);
    }

    static String ports(JsonNode service) {
        List<String> shown = new ArrayList<>();
        for (JsonNode port : Trees.at(service, "spec", "ports")) {
            int nodePort = Trees.integer(port, 0, "nodePort");
            shown.add(Trees.text(port, "port") + (nodePort > 0 ? ":" + nodePort : "") + "/"
                    + Trees.text(port, "protocol"));
        }
        return Columns.orNone(String.join(",", shown));
    }

    /** At most three {@code ip:port}, then how many more there are. */
    static String endpoints(JsonNode endpoints) {
        List<String> shown = new ArrayList<>();
        int count = 0;
        for (JsonNode subset : endpoints.path("subsets")) {
            List<JsonNode> ports = new ArrayList<>();
            subset.path("ports").forEach(ports::add);
            for (JsonNode port : ports.isEmpty() ? List.of(subset) : ports) {
                for (JsonNode address : subset.path("addresses")) {
                    String ip = Trees.text(address, "ip");
                    if (count++ < SHOWN) {
                        shown.add(ports.isEmpty() ? ip : hostPort(ip, Trees.text(port, "port")));
                    }
                }
            }
        }
        return cut(shown, count);
    }

    private static String hostPort(String ip, String port) {
        return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
    }

    private static String cut(List<String> shown, int count) {
        String joined = String.join(",", shown);
        return Columns.orNone(count > SHOWN ? joined + " + " + (count - SHOWN) + " more..." : joined);
    }

    static String slicePorts(JsonNode slice) {
        List<String> shown = new ArrayList<>();
        int count = 0;
        for (JsonNode port : slice.path("ports")) {
            if (count++ < SHOWN) {
                String number = Trees.text(port, "port");
                shown.add(number.isEmpty() ? Trees.text(port, "name") : number);
            }
        }
        return count == 0 ? "<unset>" : cut(shown, count);
    }

    static String sliceEndpoints(JsonNode slice) {
        List<String> shown = new ArrayList<>();
        int count = 0;
        for (JsonNode endpoint : slice.path("endpoints")) {
            for (JsonNode address : endpoint.path("addresses")) {
                if (count++ < SHOWN) {
                    shown.add(address.asText());
                }
            }
        }
        return count == 0 ? "<unset>" : cut(shown, count);
    }
}
