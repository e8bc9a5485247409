package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** One Service with very many endpoints: an update of one costs what one slice costs. */
final class LargeServiceBenchmark implements Benchmark {
    private static final int[] ENDPOINTS = {100, 250, 5_000};

    @Override
    public String name() {
        return "large";
    }

    @Override
    public String about() {
        return "250 and 5,000 endpoints in one Service: what a change of one of them costs";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        try (HttpClients clients = new HttpClients(server.api())) {
            Stock stock = new Stock(clients, "large-", ENDPOINTS.length).begin();
            double[] micros = new double[ENDPOINTS.length];
            for (int service = 0; service < ENDPOINTS.length; service++) {
                int endpoints = arena.effort().count(ENDPOINTS[service], 2 + service);
                stock.services(service, 1);
                stock.pods(service, 1, endpoints);
                stock.ready(service, 1, endpoints);
                micros[service] = measure(arena, server, clients, stock, service, endpoints);
            }
            arena.figures().atMost("a change with 5,000 endpoints against one with 250", micros[2] / micros[1], 2, "x");
        }
    }

    private static double measure(
            Arena arena, Arena.Server server, HttpClients clients, Stock stock, int service, int endpoints) {
        long[] bytes = {0, 0};
        String slices = "/apis/discovery.k8s.io/v1/namespaces/" + stock.namespace(service)
                + "/endpointslices?watch=true&resourceVersion=0";
        Watchers watcher = Watchers.open(clients, 1, slices, line -> count(line, bytes));
        List<HttpConnection> writer = clients.connect(1);
        int changes = arena.effort().count(1_000, 4) / 2 * 2;
        change(writer, stock, service, endpoints, changes);
        bytes[0] = 0;
        bytes[1] = 0;
        Usage before = server.usage();
        Load load = change(writer, stock, service, endpoints, changes);
        double micros = server.usage().microsEach(before, changes);
        writer.forEach(HttpConnection::close);
        watcher.close();
        String what = endpoints + " endpoints, a change of one";
        Figures figures = arena.figures();
        figures.figure(what + ", p50", load.millis(50), "ms");
        figures.figure(what + ", processor time", micros, "us");
        figures.figure(what + ", events of slices", bytes[0] / (double) changes, "");
        figures.figure(what + ", bytes of slices", bytes[1] / (double) changes, "");
        return micros;
    }

    private static void count(ByteBuf line, long[] bytes) {
        bytes[0]++;
        bytes[1] += line.readableBytes();
    }

    private static Load change(List<HttpConnection> writer, Stock stock, int service, int endpoints, int changes) {
        return Loads.closedLoop(writer, changes, n -> {
            int pod = (int) ((n / 2) * 7919L % endpoints);
            return stock.status(service, pod, service * ENDPOINTS[0] + pod, n % 2 == 1);
        });
    }
}
