package dev.weft.deploy.conformance;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.HttpCall;
import dev.weft.deploy.client.Manifests;
import dev.weft.deploy.client.NameQuery;
import dev.weft.deploy.testbed.TestServer;
import dev.weft.gossip.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One cluster of the conformance suite's steps: its objects of the name {@code hello}, through the REST API, and a program
 * of it, which asks its DNS and connects.
 *
 * @param dns where a program of this cluster asks for names
 */
record SuiteCluster(TestServer server, HostPort dns) {
    static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String MULTI = "/apis/multicluster.x-k8s.io/v1beta1/namespaces/";
    private static final Duration CALL = Duration.ofSeconds(2);

    String name() {
        return server.cluster();
    }

    /** Reads JSON in which single quotes stand for double ones. */
    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text.replace('\'', '"'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void create(String path, JsonNode object) {
        ApiClient api = server.api();
        api.accepted(object.path("kind").asText(), api.create(path, object));
    }

    void namespace(String namespace) {
        create(
                "/api/v1/namespaces",
                json("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'" + namespace + "'}}"));
    }

    /** Deploys the Service, whose selector is of Pods with the label {@code app: hello} unless it has another type. */
    SuiteCluster service(String namespace, String spec) {
        create(
                "/api/v1/namespaces/" + namespace + "/services",
                json("{'apiVersion':'v1','kind':'Service','metadata':{'name':'hello',"
                        + "'labels':{'own-label':'true'},'annotations':{'own-annotation':'true'}},'spec':" + spec
                        + "}"));
        return this;
    }

    /** Deploys a ready Pod. */
    void pod(String namespace, Backend backend, String hostname) {
        String pods = "/api/v1/namespaces/" + namespace + "/pods";
        var pod =
                Manifests.pod(backend.name(), "hello", "rack", backend.address().port());
        ((com.fasterxml.jackson.databind.node.ObjectNode) pod.get("metadata")).put("namespace", namespace);
        if (!hostname.isEmpty()) {
            ((com.fasterxml.jackson.databind.node.ObjectNode) pod.get("spec"))
                    .put("hostname", hostname)
                    .put("subdomain", "hello");
        }
        create(pods, pod);
        ApiClient api = server.api();
        api.accepted(
                "a status",
                api.mergePatch(
                        pods + "/" + backend.name() + "/status",
                        Manifests.podStatus(backend.address().host(), true)));
    }

    void export(String namespace, String spec) {
        create(
                MULTI + namespace + "/serviceexports",
                json("{'apiVersion':'multicluster.x-k8s.io/v1beta1','kind':'ServiceExport','metadata':{'name':'hello'},"
                        + "'spec':" + spec + "}"));
    }

    void unexport(String namespace) {
        ApiClient api = server.api();
        api.accepted("the end of an export", api.delete(MULTI + namespace + "/serviceexports/hello"));
    }

    /** The ServiceImport; null where there is none. */
    @Nullable
    JsonNode serviceImport(String namespace) {
        ApiClient.Reply reply = server.api().get(MULTI + namespace + "/serviceimports/hello");
        return reply.ok() ? reply.json() : null;
    }

    /** Waits until the ServiceImport is there and is as it should be. */
    JsonNode awaitImport(String namespace, Predicate<JsonNode> good) {
        return await("the ServiceImport of " + name())
                .atMost(PATIENCE)
                .until(() -> serviceImport(namespace), found -> found != null && good.test(found));
    }

    void awaitNoImport(String namespace) {
        await("no ServiceImport in " + name()).atMost(PATIENCE).until(() -> serviceImport(namespace) == null);
    }

    /** Waits until the export says so. */
    JsonNode awaitCondition(String namespace, String type, String status) {
        String pointer = "/status/conditions";
        return await(type + "=" + status + " in " + name())
                .atMost(PATIENCE)
                .until(
                        () -> condition(
                                server.api()
                                        .require(MULTI + namespace + "/serviceexports/hello")
                                        .at(pointer),
                                type),
                        found -> found.path("status").asText().equals(status));
    }

    private static JsonNode condition(JsonNode conditions, String type) {
        for (JsonNode condition : conditions) {
            if (condition.path("type").asText().equals(type)) {
                return condition;
            }
        }
        return json("{}");
    }

    /** The slices of imports. */
    List<JsonNode> importedSlices(String namespace) {
        List<JsonNode> slices = new ArrayList<>();
        for (JsonNode slice : server.api()
                .require("/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices")
                .path("items")) {
            boolean marked = false;
            for (var label : slice.at("/metadata/labels").properties()) {
                marked |= label.getKey().startsWith("multicluster.kubernetes.io/");
            }
            if (marked) {
                slices.add(slice);
            }
        }
        return slices;
    }

    /** The data of the records that this cluster's DNS has; empty where it does not know the name. */
    List<String> lookup(String name, String type) {
        NameQuery.Answer answer = NameQuery.of(name, type).send(dns, false, CALL);
        String start = name + ". ";
        return answer.lines().stream()
                .filter(line -> line.startsWith(start) && line.contains(" " + type + " "))
                .map(line -> line.substring(line.indexOf(" " + type + " ") + type.length() + 2))
                .sorted()
                .toList();
    }

    /** Who answers at a name and port, as a program of this cluster resolves it; empty where nobody can be reached. */
    String call(String name, int port) {
        for (String address : lookup(name, "A")) {
            try {
                return HttpCall.get(new HostPort(address, port), "/", CALL);
            } catch (IOException e) {
                return "";
            }
        }
        return "";
    }
}
