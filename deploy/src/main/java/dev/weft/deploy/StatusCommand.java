package dev.weft.deploy;

import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.ClusterName;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft status}: how a running cluster is. */
@Command(
        name = "status",
        description = "Show how a running cluster is: readiness, nodes, members of the federation, objects.",
        footer = {"", "Exits with 1 if the server cannot be reached or is not ready."})
final class StatusCommand implements Callable<Integer> {
    private static final Map<String, String> COUNTED = Map.of(
            "services", "/api/v1/services",
            "pods", "/api/v1/pods",
            "endpointslices", "/apis/discovery.k8s.io/v1/endpointslices",
            "serviceexports", "/apis/multicluster.x-k8s.io/v1beta1/serviceexports",
            "serviceimports", "/apis/multicluster.x-k8s.io/v1beta1/serviceimports");
    private static final List<String> ORDER =
            List.of("services", "pods", "endpointslices", "serviceexports", "serviceimports");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--api",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8001",
            converter = ApiUrlConverter.class,
            description = "The API server (default: ${DEFAULT-VALUE}).")
    private URI api = URI.create("http://127.0.0.1:8001");

    @Override
    public Integer call() {
        ApiClient client = new ApiClient(api);
        ApiClient.Reply ready = client.get("/readyz");
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-15s %s%n", "cluster", ClusterName.of(client));
        out.printf("%-15s %s%n", "api", api);
        out.printf("%-15s %s%n", "ready", ready.ok() ? "yes" : "no: " + ready.message());
        client.require("/api/v1/nodes")
                .path("items")
                .forEach(node -> out.printf(
                        "%-15s %s%n", "node", node.path("metadata").path("name").asText()));
        for (String plural : ORDER) {
            int count = client.require(COUNTED.getOrDefault(plural, ""))
                    .path("items")
                    .size();
            out.printf("%-15s %d%n", plural, count);
        }
        return ready.ok() ? 0 : 1;
    }
}
