package dev.weft.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a cluster is, as its API tells it.
 *
 * @param ready whether the server that was asked says that it is ready
 * @param reason why it is not
 * @param counts how many objects there are of each kind
 * @param addresses where virtual IPs answer
 */
record ClusterStatus(
        String cluster,
        String api,
        boolean ready,
        String reason,
        List<String> nodes,
        List<Member> members,
        Map<String, Integer> counts,
        List<VirtualAddress> addresses) {
    private static final String SERVICES = "/api/v1/services";
    private static final String IMPORTS = "/apis/multicluster.x-k8s.io/v1beta1/serviceimports";

    /** One cluster of the federation as the one that was asked sees it. */
    record Member(String name, String state, String roundTrip, long recordsBehind, String address, boolean self) {}

    /**
     * Where a Service or an imported Service answers.
     *
     * @param kind {@code Service} or {@code ServiceImport}
     * @param name {@code NAMESPACE/NAME}
     */
    record VirtualAddress(String kind, String name, String ip, List<String> ports) {}

    /** Asks a server. Its refusal of any request ends the command with the server's reason. */
    static ClusterStatus of(ApiClient client) {
        ApiClient.Reply ready = client.get("/readyz");
        List<String> nodes = new ArrayList<>();
        items(client, "/api/v1/nodes")
                .forEach(node -> nodes.add(node.at("/metadata/name").asText()));
        List<Member> members = new ArrayList<>();
        items(client, ClusterName.CLUSTERS).forEach(member -> members.add(member(member)));
        JsonNode services = items(client, SERVICES);
        JsonNode imports = items(client, IMPORTS);
        List<VirtualAddress> addresses = new ArrayList<>();
        services.forEach(service -> add(addresses, "Service", service, service.at("/spec/clusterIPs")));
        imports.forEach(imported -> add(addresses, "ServiceImport", imported, imported.at("/spec/ips")));
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("services", services.size());
        counts.put("pods", items(client, "/api/v1/pods").size());
        counts.put(
                "endpointslices",
                items(client, "/apis/discovery.k8s.io/v1/endpointslices").size());
        counts.put(
                "serviceexports",
                items(client, "/apis/multicluster.x-k8s.io/v1beta1/serviceexports")
                        .size());
        counts.put("serviceimports", imports.size());
        return new ClusterStatus(
                members.stream()
                        .filter(Member::self)
                        .map(Member::name)
                        .findFirst()
                        .orElse("weft"),
                client.server().toString(),
                ready.ok(),
                ready.ok() ? "" : ready.message(),
                nodes,
                members,
                counts,
                addresses);
    }

    private static JsonNode items(ApiClient client, String path) {
        return client.require(path).path("items");
    }

    private static Member member(JsonNode cluster) {
        return new Member(
                cluster.at("/metadata/name").asText(),
                cluster.at("/status/state").asText(),
                cluster.at("/status/roundTrip").asText(""),
                cluster.at("/status/recordsBehind").asLong(),
                cluster.at("/spec/addresses/0").asText(""),
                cluster.at("/status/self").asBoolean());
    }

    private static void add(List<VirtualAddress> all, String kind, JsonNode object, JsonNode ips) {
        List<String> ports = new ArrayList<>();
        object.at("/spec/ports")
                .forEach(port -> ports.add(
                        port.path("port").asInt() + "/" + port.path("protocol").asText("TCP")));
        for (JsonNode ip : ips) {
            if (!ip.asText().equals("None")) {
                all.add(new VirtualAddress(
                        kind,
                        object.at("/metadata/namespace").asText() + "/"
                                + object.at("/metadata/name").asText(),
                        ip.asText(),
                        ports));
            }
        }
    }

    /** For programs. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("cluster", cluster).put("api", api).put("ready", ready).put("reason", reason);
        nodes.forEach(json.putArray("nodes")::add);
        var all = json.putArray("members");
        for (Member member : members) {
            all.addObject()
                    .put("name", member.name())
                    .put("state", member.state())
                    .put("roundTrip", member.roundTrip())
                    .put("recordsBehind", member.recordsBehind())
                    .put("address", member.address())
                    .put("self", member.self());
        }
        ObjectNode objects = json.putObject("objects");
        counts.forEach(objects::put);
        var vips = json.putArray("virtualAddresses");
        for (VirtualAddress address : addresses) {
            ObjectNode one = vips.addObject()
                    .put("kind", address.kind())
                    .put("name", address.name())
                    .put("ip", address.ip());
            address.ports().forEach(one.putArray("ports")::add);
        }
        return json;
    }

    /** For people: a line each, of the virtual addresses only the first ones. */
    List<String> lines(int mostAddresses) {
        List<String> lines = new ArrayList<>();
        lines.add(line("cluster", cluster));
        lines.add(line("api", api));
        lines.add(line("ready", ready ? "yes" : "no: " + reason));
        nodes.forEach(node -> lines.add(line("node", node)));
        for (Member member : members) {
            String how = member.self()
                    ? "this cluster"
                    : member.state() + ", round trip "
                            + (member.roundTrip().isEmpty() ? "not known yet" : member.roundTrip()) + ", "
                            + member.recordsBehind() + " records behind";
            lines.add(line("member", member.name() + " at " + member.address() + ": " + how));
        }
        counts.forEach((kind, count) -> lines.add(line(kind, String.valueOf(count))));
        addresses.stream()
                .limit(mostAddresses)
                .forEach(address -> lines.add(line(
                        "virtual-ip",
                        address.ip() + " " + String.join(",", address.ports()) + " " + address.kind() + " "
                                + address.name())));
        if (addresses.size() > mostAddresses) {
            lines.add(line("virtual-ip", "and " + (addresses.size() - mostAddresses) + " more"));
        }
        return lines;
    }

    private static String line(String what, String value) {
        return String.format("%-15s %s", what, value);
    }
}
