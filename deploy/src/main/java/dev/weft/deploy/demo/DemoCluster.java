package dev.weft.deploy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.child.Child;
import dev.weft.deploy.child.Children;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import dev.weft.deploy.client.Manifests;
import dev.weft.gossip.HostPort;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One of the two clusters: its server process, its API, its backends. */
final class DemoCluster {
    static final String SERVICE = "my-service";
    static final String APP = "my-app";
    /** Where the virtual IPs listen: above 1023, so that no root is needed. */
    static final int PORT = 8080;

    private static final String NAMESPACE = "/api/v1/namespaces/default";
    private static final String MULTICLUSTER = "/apis/multicluster.x-k8s.io/v1beta1/namespaces/default";
    private static final String SLICES = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private static final Duration START = Duration.ofSeconds(40);

    private final Plan plan;
    private final Path directory;
    private final Children children;
    private final ApiClient api;
    private final List<Backend> backends;
    private @Nullable Child server;

    /**
     * What the cluster is to be.
     *
     * @param join the gossip address of the other one; empty for the first
     */
    record Plan(
            String name,
            HostPort api,
            HostPort gossip,
            String serviceCidr,
            String clusterSetCidr,
            Optional<HostPort> join) {}

    DemoCluster(Plan plan, Path directory, Children children, List<Backend> backends) {
        this.plan = plan;
        this.directory = directory;
        this.children = children;
        this.backends = List.copyOf(backends);
        this.api = new ApiClient(URI.create("http://" + plan.api()));
    }

    String name() {
        return plan.name();
    }

    Plan plan() {
        return plan;
    }

    ApiClient api() {
        return api;
    }

    List<Backend> backends() {
        return backends;
    }

    /** Where its server keeps what it says. */
    Path log() {
        return directory.resolve(name() + ".log");
    }

    /** Starts the server process, at the same addresses and with the same data each time. */
    void begin() {
        List<String> arguments = new ArrayList<>(List.of("server", "--cluster", name()));
        arguments.addAll(List.of("--data", directory.resolve(name()).toString()));
        arguments.addAll(List.of("--api", plan.api().toString()));
        arguments.addAll(List.of("--gossip", plan.gossip().toString()));
        // Two proxy-nodes on one host cannot both have the DNS port.
        arguments.addAll(List.of("--dns", "off"));
        arguments.addAll(List.of("--service-cidr", plan.serviceCidr()));
        arguments.addAll(List.of("--clusterset-cidr", plan.clusterSetCidr()));
        plan.join().ifPresent(other -> arguments.addAll(List.of("--join", other.toString())));
        server = children.start(name(), arguments, log());
    }

    /** Waits until the server says that it is ready. */
    void awaitReady() {
        process().awaitReady(START);
    }

    /** SIGKILL. */
    void kill() {
        process().kill();
    }

    private Child process() {
        Child now = server;
        if (now == null) {
            throw new IllegalStateException(name() + " was not started");
        }
        return now;
    }

    /** A Service, and for each backend a Pod that is ready. */
    void applyManifests() {
        int port = backends.get(0).address().port();
        create(NAMESPACE + "/services", Manifests.service(SERVICE, APP, PORT, port));
        for (Backend backend : backends) {
            create(NAMESPACE + "/pods", Manifests.pod(backend.name(), APP, name() + "-1", port));
            setReady(backend, true);
        }
    }

    /** Makes the Service known to all clusters. */
    void export() {
        create(MULTICLUSTER + "/serviceexports", Manifests.serviceExport(SERVICE));
    }

    /** Says of a backend's Pod whether it is ready. */
    void setReady(Backend backend, boolean ready) {
        String path = NAMESPACE + "/pods/" + backend.name() + "/status";
        api.accepted(
                "PATCH " + path,
                api.mergePatch(path, Manifests.podStatus(backend.address().host(), ready)));
    }

    private void create(String path, JsonNode object) {
        api.accepted("POST " + path, api.create(path, object));
    }

    /** The Service's virtual IP in this cluster. */
    HostPort clusterIp() {
        JsonNode service = api.require(NAMESPACE + "/services/" + SERVICE);
        return new HostPort(service.path("spec").path("clusterIP").asText("none"), PORT);
    }

    /** The virtual IP under which this cluster reaches the Service in all clusters; empty until it is imported. */
    Optional<HostPort> clusterSetIp() {
        ApiClient.Reply reply = api.get(MULTICLUSTER + "/serviceimports/" + SERVICE);
        String ip = reply.json().path("spec").path("ips").path(0).asText("");
        return reply.ok() && !ip.isEmpty() ? Optional.of(new HostPort(ip, PORT)) : Optional.empty();
    }

    /** All clusters as this one sees them. */
    List<JsonNode> members() {
        List<JsonNode> members = new ArrayList<>();
        api.require(ClusterName.CLUSTERS).path("items").forEach(members::add);
        return members;
    }

    /** What is missing until the other cluster is alive here. */
    Optional<String> missingMember(String other) {
        for (JsonNode member : members()) {
            boolean wanted = member.path("metadata").path("name").asText().equals(other);
            if (wanted && member.path("status").path("state").asText().equals("Alive")) {
                return Optional.empty();
            }
        }
        return Optional.of(name() + " does not see " + other + " alive");
    }

    /** Identity of every object that must survive a restart: its path to its UID and addresses. */
    Map<String, String> identities() {
        Map<String, String> found = new TreeMap<>();
        List<String> paths = List.of(
                NAMESPACE + "/services",
                NAMESPACE + "/pods",
                MULTICLUSTER + "/serviceexports",
                MULTICLUSTER + "/serviceimports");
        for (String path : paths) {
            for (JsonNode item : api.require(path).path("items")) {
                JsonNode metadata = item.path("metadata");
                String addresses = item.path("spec").path("clusterIP").asText("")
                        + item.path("spec").path("ips").path(0).asText("");
                found.put(
                        path + "/" + metadata.path("name").asText(),
                        metadata.path("uid").asText() + " " + addresses);
            }
        }
        return found;
    }

    /** How many endpoints of the Service are ready here: its own, or those of all clusters. */
    long readyEndpoints(boolean ofAllClusters) {
        String label = ofAllClusters ? "multicluster.kubernetes.io/service-name" : "kubernetes.io/service-name";
        long ready = 0;
        for (JsonNode slice : api.require(SLICES + "?labelSelector=" + label + "%3D" + SERVICE)
                .path("items")) {
            for (JsonNode endpoint : slice.path("endpoints")) {
                ready += endpoint.path("conditions").path("ready").asBoolean(true) ? 1 : 0;
            }
        }
        return ready;
    }
}
