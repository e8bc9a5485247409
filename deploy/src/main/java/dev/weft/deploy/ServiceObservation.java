package dev.weft.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.client.ServiceName;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.proxy.explanation.Observation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads all that concerns one service over the REST API; needs the right to read and nothing else.
 *
 * @param unread what could not be read, and what is unknown for that, a sentence each
 */
record ServiceObservation(Observation objects, List<String> unread) {
    private static final int NOT_FOUND = 404;
    private static final int MOST_NAMES = 8;
    private static final int NEAR = 2;
    private static final String IMPORTS = "/apis/multicluster.x-k8s.io/v1beta1";
    private static final String NODES = "/api/v1/nodes";

    /**
     * Asks the server.
     *
     * @param from the node to see it from; empty for nowhere
     * @throws CommandFailed if there is no such service or node, or the server refuses what cannot be done without
     */
    static ServiceObservation of(ApiClient api, ServiceName name, Optional<String> from) {
        List<String> unread = new ArrayList<>();
        boolean local = name.scope() != ServiceName.Scope.CLUSTER_SET;
        boolean imports = name.scope() != ServiceName.Scope.CLUSTER;
        JsonNode service =
                local ? required(api, namespaced("/api/v1", name.namespace()) + "/services/" + name.name()) : null;
        JsonNode imported = imports
                ? optional(
                        api,
                        namespaced(IMPORTS, name.namespace()) + "/serviceimports/" + name.name(),
                        "what other clusters export",
                        unread)
                : null;
        if (service == null && imported == null) {
            throw CommandFailed.failed(missing(api, name));
        }
        List<JsonNode> clusters = items(optional(api, ClusterName.CLUSTERS, "how fresh other clusters are", unread));
        JsonNode federated = optional(
                api,
                namespaced("/apis/mesh.weft.dev/v1alpha1", name.namespace()) + "/federatedservices/" + name.name(),
                "who exports it and who decides",
                unread);
        JsonNode traffic = optional(api, CordonCommand.RULES, "which clusters are cordoned", unread);
        JsonNode node = from.map(named -> node(api, named, unread)).orElse(null);
        return new ServiceObservation(
                new Observation(service, imported, slices(api, name), node, clusters, traffic, federated), unread);
    }

    private static String namespaced(String group, String namespace) {
        return group + "/namespaces/" + namespace;
    }

    private static List<JsonNode> slices(ApiClient api, ServiceName name) {
        Map<String, JsonNode> byName = new LinkedHashMap<>();
        for (String label : new String[] {"kubernetes.io/service-name", "multicluster.kubernetes.io/service-name"}) {
            String path = namespaced("/apis/discovery.k8s.io/v1", name.namespace()) + "/endpointslices?labelSelector="
                    + label.replace("/", "%2F") + "%3D" + name.name();
            items(api.require(path))
                    .forEach(slice ->
                            byName.put(slice.path("metadata").path("name").asText(), slice));
        }
        return List.copyOf(byName.values());
    }

    private static @Nullable JsonNode node(ApiClient api, String name, List<String> unread) {
        ApiClient.Reply reply = api.get(NODES + "/" + name);
        if (reply.status() == NOT_FOUND) {
            List<String> known = names(items(api.get(NODES).json()));
            throw CommandFailed.failed("there is no Node " + name
                    + (known.isEmpty() ? "; there is none at all" : "; there are: " + some(known)));
        }
        if (!reply.ok()) {
            unread.add("The Node " + name + " cannot be read (" + reply.message() + "): its zone is not known.");
            com.fasterxml.jackson.databind.node.ObjectNode bare =
                    com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
            bare.putObject("metadata").put("name", name);
            return bare;
        }
        return reply.json();
    }

    private static @Nullable JsonNode required(ApiClient api, String path) {
        ApiClient.Reply reply = api.get(path);
        return reply.status() == NOT_FOUND
                ? null
                : api.accepted("GET " + path, reply).json();
    }

    private static @Nullable JsonNode optional(ApiClient api, String path, String what, List<String> unread) {
        ApiClient.Reply reply = api.get(path);
        if (!reply.ok() && reply.status() != NOT_FOUND) {
            unread.add("It is not known " + what + ": GET " + path + " was refused (" + reply.message() + ").");
        }
        return reply.ok() ? reply.json() : null;
    }

    private static List<JsonNode> items(@Nullable JsonNode list) {
        List<JsonNode> items = new ArrayList<>();
        if (list != null) {
            list.path("items").forEach(items::add);
        }
        return items;
    }

    /** Says what there is instead. */
    private static String missing(ApiClient api, ServiceName name) {
        String what = switch (name.scope()) {
            case CLUSTER -> "no Service ";
            case CLUSTER_SET -> "nothing imported (no ServiceImport) by the name ";
            case ANY -> "no Service and no ServiceImport ";
        };
        TreeSet<String> all = new TreeSet<>();
        if (name.scope() != ServiceName.Scope.CLUSTER_SET) {
            items(api.get("/api/v1/services").json()).forEach(each -> all.add(id(each)));
        }
        if (name.scope() != ServiceName.Scope.CLUSTER) {
            items(api.get(IMPORTS + "/serviceimports").json()).forEach(each -> all.add(id(each)));
        }
        List<String> near = all.stream()
                .filter(id -> id.endsWith("/" + name.name())
                        || (id.startsWith(name.namespace() + "/")
                                && distance(id.substring(id.indexOf('/') + 1), name.name()) <= NEAR))
                .toList();
        List<String> around =
                all.stream().filter(id -> id.startsWith(name.namespace() + "/")).toList();
        String instead = !near.isEmpty()
                ? "; perhaps you mean " + some(near)
                : !around.isEmpty()
                        ? "; there are: " + some(around)
                        : all.isEmpty()
                                ? "; there is none at all"
                                : "; namespace " + name.namespace() + " has none; others have: "
                                        + some(List.copyOf(all));
        return "there is " + what + name + instead;
    }

    private static String id(JsonNode object) {
        return object.at("/metadata/namespace").asText() + "/"
                + object.at("/metadata/name").asText();
    }

    private static List<String> names(List<JsonNode> objects) {
        return objects.stream()
                .map(each -> each.at("/metadata/name").asText())
                .sorted()
                .toList();
    }

    private static String some(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
        return names.size() > MOST_NAMES ? first + " and " + (names.size() - MOST_NAMES) + " more" : first;
    }

    /** Levenshtein's: how many letters are to be put in, taken out or exchanged. */
    static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int exchanged = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(exchanged, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
