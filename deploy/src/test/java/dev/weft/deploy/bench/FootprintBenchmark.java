package dev.weft.deploy.bench;

/** Memory with many Services and Pods, and the start from what is stored. */
final class FootprintBenchmark implements Benchmark {
    private static final int PODS = 10;

    @Override
    public String name() {
        return "footprint";
    }

    @Override
    public String about() {
        return "resident memory with 1,000 and 10,000 Services x 10 Pods, and the start from there";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        Figures figures = arena.figures();
        figures.figure("resident memory, empty", server.usage().residentMib(), "MiB");
        figures.figure("start, empty", server.startMillis() / 1e3, "s");
        int some = arena.effort().count(1_000, 5);
        int many = arena.effort().count(10_000, 10);
        try (HttpClients clients = new HttpClients(server.api())) {
            Stock stock = new Stock(clients, "footprint-", 32).begin();
            fill(stock, 0, some);
            memory(figures, server, some, 450);
            fill(stock, some, many - some);
            memory(figures, server, many, 1.5 * 1024);
        }
        server.stop();
        Arena.Server again = server.again();
        figures.atMost("start with " + many + " x 10", again.startMillis() / 1e3, 20, "s");
        figures.figure("resident memory after that", again.usage().residentMib(), "MiB");
        again.stop();
        Arena.Server proxying = server.againWithProxy();
        figures.figure("start with " + many + " x 10, with a proxy-node inside", proxying.startMillis() / 1e3, "s");
        figures.figure("resident memory after that", proxying.usage().residentMib(), "MiB");
        proxying.stop();
    }

    private static void fill(Stock stock, int from, int count) {
        stock.services(from, count);
        stock.pods(from, count, PODS);
        stock.ready(from, count, PODS);
    }

    private static void memory(Figures figures, Arena.Server server, int services, double bar) {
        figures.atMost(
                "resident memory with " + services + " x 10", server.usage().residentMib(), bar, "MiB");
        figures.figure(
                "the same, garbage collected", server.usageAfterCollection().residentMib(), "MiB");
    }
}
