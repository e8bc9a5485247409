package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Objects read one by one, and whole lists of Services. */
final class ReadBenchmark implements Benchmark {
    private static final int CONNECTIONS = 64;
    private static final int SERVICES = 10_000;

    @Override
    public String name() {
        return "read";
    }

    @Override
    public String about() {
        return "GET of one Service; LIST of 1,000 and of 10,000";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        int many = arena.effort().count(SERVICES, 100);
        int some = many / 10;
        try (HttpClients clients = new HttpClients(server.api())) {
            Stock small = new Stock(clients, "small-", 1).begin();
            small.services(0, some);
            new Stock(clients, "many-", 32).begin().services(some, many - some);
            gets(arena, server, clients, small, some);
            Figures figures = arena.figures();
            String one = small.services(0);
            lists(arena, clients, "LIST of " + some + " Services, consistent", one, 15);
            lists(arena, clients, "LIST of " + some + " Services, from cache", one + "?resourceVersion=0", 15);
            String all = "/api/v1/services";
            lists(arena, clients, "LIST of " + many + " Services, consistent", all, 150);
            lists(arena, clients, "LIST of " + many + " Services, from cache", all + "?resourceVersion=0", 150);
            figures.note("Kubernetes on such a machine: GET 1,227 / 3,578 / 5,103 a second with 1 / 8 / 64 connections;"
                    + " LIST of 1,000 17 ms consistent, 6 to 14 from cache");
        }
    }

    private static void gets(Arena arena, Arena.Server server, HttpClients clients, Stock stock, int services) {
        IntFunction<ByteBuf> request = n -> clients.get(stock.services(0) + "/" + stock.service(n % services));
        Figures figures = arena.figures();
        for (int connections : new int[] {1, 8, CONNECTIONS}) {
            int each = arena.effort().count(connections == 1 ? 10_000 : 40_000, 50);
            List<HttpConnection> open = clients.connect(connections);
            Loads.closedLoop(open, each / 2, request);
            List<Load> rounds = new ArrayList<>();
            Usage before = server.usage();
            for (int round = 0; round < arena.effort().rounds(); round++) {
                rounds.add(Loads.closedLoop(open, each, request));
            }
            double cpu = server.usage().microsEach(before, (long) each * rounds.size());
            open.forEach(HttpConnection::close);
            String what = "GET, " + connections + " connections";
            double perSecond = Rounds.median(rounds, Load::perSecond);
            switch (connections) {
                case 1 -> figures.atLeast(what, perSecond, 2 * 1_227, "/s");
                case 8 -> figures.atLeast(what, perSecond, 2 * 3_578, "/s");
                default -> figures.atLeast(what, perSecond, 2 * 5_103, "/s");
            }
            figures.figure(what + ", p99", Rounds.median(rounds, load -> load.millis(99)), "ms");
            figures.figure(what + ", processor time each", cpu, "us");
        }
    }

    private static void lists(Arena arena, HttpClients clients, String what, String path, double bar) {
        int each = arena.effort().count(200, 3);
        List<HttpConnection> connection = clients.connect(1);
        Loads.closedLoop(connection, each / 2 + 1, n -> clients.get(path));
        List<Load> rounds = new ArrayList<>();
        for (int round = 0; round < arena.effort().rounds(); round++) {
            rounds.add(Loads.closedLoop(connection, each, n -> clients.get(path)));
        }
        connection.forEach(HttpConnection::close);
        arena.figures().atMost(what + ", p50", Rounds.median(rounds, load -> load.millis(50)), bar, "ms");
        arena.figures().figure(what + ", p99", Rounds.median(rounds, load -> load.millis(99)), "ms");
    }
}
