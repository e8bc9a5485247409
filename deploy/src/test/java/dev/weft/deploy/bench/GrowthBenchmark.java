package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.IntFunction;

/** What an operation costs by the number of objects there are. */
final class GrowthBenchmark implements Benchmark {
    private static final int[] SERVICES = {100, 1_000, 10_000};
    private static final int CONNECTIONS = 16;
    private static final List<String> OPERATIONS = List.of("GET", "create", "readiness of a Pod", "delete");

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String about() {
        return "processor time of an operation with 100, 1,000 and 10,000 Services";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        double[][] micros = new double[SERVICES.length][];
        try (HttpClients clients = new HttpClients(server.api())) {
            Stock stock = new Stock(clients, "growth-", 16).begin();
            Stock spare = new Stock(clients, "spare-", 16).begin();
            int there = 0;
            for (int step = 0; step < SERVICES.length; step++) {
                int services = arena.effort().count(SERVICES[step], 4 * (step + 1));
                stock.services(there, services - there);
                stock.pods(there, services - there, 1);
                stock.ready(there, services - there, 1);
                there = services;
                for (int round = 0; step == 0 && round < 3; round++) {
                    // What is measured first must not pay for the compiler.
                    measure(arena, server, clients, stock, spare, services);
                }
                micros[step] = measure(arena, server, clients, stock, spare, services);
                print(arena.figures(), services, micros[step]);
            }
        }
        Figures figures = arena.figures();
        for (int operation = 0; operation < OPERATIONS.size(); operation++) {
            figures.atMost(
                    OPERATIONS.get(operation) + " with 10,000 against with 100",
                    micros[2][operation] / micros[0][operation],
                    1.5,
                    "x");
        }
    }

    private static void print(Figures figures, int services, double[] micros) {
        for (int operation = 0; operation < OPERATIONS.size(); operation++) {
            figures.figure(
                    OPERATIONS.get(operation) + ", " + services + " Services, processor time", micros[operation], "us");
        }
    }

    private static double[] measure(
            Arena arena, Arena.Server server, HttpClients clients, Stock stock, Stock spare, int services) {
        int count = arena.effort().count(5_000, 10) / 2 * 2;
        List<HttpConnection> connections = clients.connect(CONNECTIONS);
        double[] micros = {
            cost(
                    server,
                    connections,
                    count,
                    n -> clients.get(stock.services(n % services) + "/" + stock.service(n % services))),
            cost(server, connections, count, n -> clients.post(spare.services(n), Bodies.service(spare.service(n)))),
            // One connection, since the order of a Pod's changes matters.
            cost(server, connections.subList(0, 1), count, n -> {
                int service = (int) ((n / 2) * 7919L % services);
                return stock.status(service, 0, service, n % 2 == 1);
            }),
            cost(server, connections, count, n -> clients.delete(spare.services(n) + "/" + spare.service(n)))
        };
        connections.forEach(HttpConnection::close);
        return micros;
    }

    private static double cost(
            Arena.Server server, List<HttpConnection> connections, int count, IntFunction<ByteBuf> request) {
        Usage before = server.usage();
        Loads.closedLoop(connections, count, request);
        return server.usage().microsEach(before, count);
    }
}
