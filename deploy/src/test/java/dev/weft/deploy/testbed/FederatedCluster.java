package dev.weft.deploy.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.Manifests;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** A cluster of a federation, of one or more processes, and what a test asks it about the Service {@code web}. */
public record FederatedCluster(String name, List<TestServer> processes) {
    private static final String MESH = "/apis/mesh.weft.dev/v1alpha1/";
    private static final String MULTI = "/apis/multicluster.x-k8s.io/v1beta1/namespaces/default/";
    private static final String DEFAULT = "/api/v1/namespaces/default/";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices"
            + "?labelSelector=multicluster.kubernetes.io/service-name%3Dweb";
    private static final int PORT = 9376;
    private static final int ALREADY_EXISTS = 409;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Any process of it that runs. */
    public ApiClient api() {
        return processes.stream()
                .filter(process -> process.running().isAlive())
                .findFirst()
                .orElseThrow()
                .api();
    }

    /** Gives out a token, through one of its processes. */
    public String invite(int process) {
        return ask(processes.get(process), "invitations", "Invitation", nothing())
                .path("token")
                .asText();
    }

    /** Joins with a token, through one of its processes. */
    public void join(int process, String token) {
        ask(processes.get(process), "joins", "Join", nothing().put("token", token));
    }

    private static JsonNode ask(TestServer process, String plural, String kind, ObjectNode asked) {
        ObjectNode object = nothing();
        object.put("apiVersion", "mesh.weft.dev/v1alpha1").put("kind", kind).set("spec", asked);
        ApiClient api = process.api();
        return api.accepted(plural, api.create(MESH + plural, object)).json().path("status");
    }

    private static ObjectNode nothing() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Makes the Service over its Pods, and exports it. */
    public FederatedCluster export() {
        write(api -> api.create(DEFAULT + "services", Manifests.service("web", "web", 80, PORT)));
        write(api -> api.create(MULTI + "serviceexports", Manifests.serviceExport("web")));
        return this;
    }

    /** Makes a Pod, which is not ready yet. No Lease stands for its node, so nobody finds it dead. */
    public void pod(Backend backend) {
        write(api -> api.create(DEFAULT + "pods", Manifests.pod(backend.name(), "web", "rack", PORT)));
    }

    /** Says whether a Pod is ready. */
    public void ready(Backend backend, boolean ready) {
        write(api -> api.mergePatch(
                DEFAULT + "pods/" + backend.name() + "/status",
                Manifests.podStatus(backend.address().host(), ready)));
    }

    /** Writes until it is confirmed: what was on its way to a process that was killed never will be. */
    private void write(Function<ApiClient, ApiClient.Reply> request) {
        Awaitility.await("a write in " + name)
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> {
                    ApiClient.Reply reply = request.apply(api());
                    return reply.ok() || reply.status() == ALREADY_EXISTS;
                });
    }

    /** The address at which it serves what all export. */
    public String importedIp() {
        return serviceImport().at("/spec/ips/0").asText("");
    }

    /** What it says of the import. */
    public JsonNode serviceImport() {
        return api().require(MULTI + "serviceimports/web");
    }

    /** Ready endpoints that it has imported, by the cluster that exports them. */
    public Map<String, Set<String>> endpoints() {
        Map<String, Set<String>> found = new TreeMap<>();
        for (JsonNode slice : api().require(SLICES).path("items")) {
            String source = slice.at("/metadata/labels")
                    .path("multicluster.kubernetes.io/source-cluster")
                    .asText();
            for (JsonNode endpoint : slice.path("endpoints")) {
                if (endpoint.at("/conditions/ready").asBoolean(true)) {
                    found.computeIfAbsent(source, none -> new TreeSet<>())
                            .add(endpoint.at("/targetRef/name").asText());
                }
            }
        }
        return found;
    }

    /** What one of its processes says of the members, by name. */
    public static Map<String, JsonNode> members(TestServer process) {
        Map<String, JsonNode> members = new TreeMap<>();
        process.api()
                .require(MESH + "clusters")
                .path("items")
                .forEach(cluster -> members.put(cluster.at("/metadata/name").asText(), cluster.path("status")));
        return members;
    }

    /** What one of its processes holds of each member, in a few digits. */
    public static Map<String, String> digests(TestServer process) {
        Map<String, String> digests = new TreeMap<>();
        members(process)
                .forEach((name, status) ->
                        digests.put(name, status.path("digest").asText()));
        return digests;
    }
}
