package dev.weft.deploy.bench;

import java.util.List;

/** From sending that a Pod is ready to the EndpointSlice that says so, at a watcher of all namespaces. */
final class ReadyToSliceBenchmark implements Benchmark {
    private static final double PER_SECOND = 50;
    private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices?watch=true&resourceVersion=0";

    @Override
    public String name() {
        return "slice";
    }

    @Override
    public String about() {
        return "from a Pod's readiness to its EndpointSlice at a watcher, with 100 and with 10,000 Services";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        try (HttpClients clients = new HttpClients(server.api())) {
            int few = arena.effort().count(100, 5);
            int many = arena.effort().count(10_000, 20);
            Stock stock = new Stock(clients, "slice-", 32).begin();
            stock(stock, 0, few);
            measure(arena, clients, stock, few);
            stock(stock, few, many - few);
            measure(arena, clients, stock, many);
            arena.figures().note("Kubernetes on such a machine: 7.8 ms idle, 40 ms and more under its rate limits");
        }
    }

    private static void stock(Stock stock, int from, int count) {
        stock.services(from, count);
        stock.pods(from, count, 1);
        stock.ready(from, count, 1);
    }

    private static void measure(Arena arena, HttpClients clients, Stock stock, int services) {
        HttpConnection writer = clients.connect();
        SliceChanges slices = new SliceChanges(
                clients.loop(),
                PER_SECOND,
                services,
                (service, ready) -> () -> writer.send(stock.status(service, 0, service, ready), new Accepted()));
        Watchers watcher = Watchers.open(clients, 1, SLICES, slices::line);
        int changes = arena.effort().count(1_000, 10);
        // Until the code is compiled.
        slices.make(changes);
        slices.make(changes);
        // The last change was seen, but maybe not answered yet; another answer comes after it.
        Loads.closedLoop(List.of(writer), 1, n -> clients.get("/livez"));
        writer.close();
        watcher.close();
        String what = "ready to slice, " + services + " Services";
        arena.figures().atMost(what + ", p50", slices.millis(50), 4, "ms");
        arena.figures().figure(what + ", p99", slices.millis(99), "ms");
    }

    /** Says so if a change is refused; then its slice will not come. */
    private static final class Accepted implements Receiver {
        @Override
        public void end(int status) {
            if (status >= 300) {
                System.err.println("a change of a Pod was answered with " + status);
            }
        }

        @Override
        public void failed(Throwable cause) {
            System.err.println("a change of a Pod failed: " + cause);
        }
    }
}
