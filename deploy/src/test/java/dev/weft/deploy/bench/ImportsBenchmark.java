package dev.weft.deploy.bench;

import dev.weft.registry.federation.ExportingCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Memory of a member that imports from many clusters: real gossip, real objects. */
final class ImportsBenchmark implements Benchmark {
    private static final int ENDPOINTS = 10;
    /** 1.5 GB. */
    private static final double BAR_MIB = 1_500_000_000 / 1024.0 / 1024;

    private static final Pattern REMAINING = Pattern.compile("\"remainingItemCount\":([0-9]+)");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final HttpClient client = HttpClient.newHttpClient();

    @Override
    public String name() {
        return "imports";
    }

    @Override
    public String about() {
        return "resident memory of a member of 10, 30 and 100 clusters of 1,000 exported Services x 10 endpoints";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server(List.of());
        Figures figures = arena.figures();
        int services = arena.effort().count(1_000, 10);
        figures.figure("resident memory, alone", server.usage().residentMib(), "MiB");
        try (HttpClients clients = new HttpClients(server.api())) {
            List<HttpConnection> connections = clients.connect(1);
            List<String> namespaces = ExportingCluster.namespaces();
            Loads.closedLoop(
                    connections,
                    namespaces.size(),
                    n -> clients.post("/api/v1/namespaces", Bodies.namespace(namespaces.get(n))));
            connections.forEach(HttpConnection::close);
        }
        int present = 1;
        for (int clusters : new int[] {10, 30, 100}) {
            int wanted = arena.effort().count(clusters, 2);
            for (; present < wanted; present++) {
                tell(server, present, services);
            }
            int objects = (wanted - 1) * services;
            await("all of " + objects + " slices", () -> slices(server) == objects);
            String what = "resident memory, " + wanted + " clusters x " + services + " x " + ENDPOINTS;
            if (clusters == 100) {
                figures.atMost(what, server.usage().residentMib(), BAR_MIB, "MiB");
            } else {
                figures.figure(what, server.usage().residentMib(), "MiB");
            }
            figures.figure(
                    "the same, garbage collected", server.usageAfterCollection().residentMib(), "MiB");
        }
        server.stop();
        Arena.Server again = server.again();
        figures.figure("start with all of that", again.startMillis() / 1e3, "s");
        figures.figure("resident memory after that", again.usage().residentMib(), "MiB");
    }

    /** One cluster more, until the member holds all that it exports. */
    private void tell(Arena.Server server, int number, int services) {
        try (ExportingCluster cluster = ExportingCluster.start(number, services, ENDPOINTS, server.gossip())) {
            String digest = "\"digest\":\"" + cluster.digest() + '"';
            String path = "/apis/mesh.weft.dev/v1alpha1/clusters/" + cluster.name();
            await(cluster.name(), () -> get(server, path).contains(digest));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long slices(Arena.Server server) {
        long slices = 0;
        for (String namespace : ExportingCluster.namespaces()) {
            String path = "/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices?limit=1";
            String page = get(server, path);
            Matcher remaining = REMAINING.matcher(page);
            slices += (page.contains("\"addressType\"") ? 1 : 0)
                    + (remaining.find() ? Long.parseLong(remaining.group(1)) : 0);
        }
        return slices;
    }

    private static void await(String what, BooleanSupplier condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .until(condition::getAsBoolean);
    }

    private String get(Arena.Server server, String path) {
        try {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://" + server.api() + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
