package dev.weft.deploy.bench;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/** What TLS and roles cost: the same requests to a server with neither and to one with both, in turn. */
final class ProtectionBenchmark implements Benchmark {
    private static final int CONNECTIONS = 64;
    private static final int SERVICES = 1_000;
    private static final int WATCHERS = 100;

    @Override
    public String name() {
        return "protection";
    }

    @Override
    public String about() {
        return "GET, LIST, create and watch with TLS 1.3, a token and roles, as a ratio to without";
    }

    @Override
    public void run(Arena arena) {
        Path tokens = arena.directory().resolve("tokens.csv");
        try {
            Files.writeString(tokens, "t0ken-of-root,root,1,system:masters\nt0ken-of-ann,ann,2,readers\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Arena.Server open = arena.server();
        Arena.Server closed = arena.server(List.of("--tls=auto", "--no-anonymous", "--tokens=" + tokens));
        allow(closed);
        try (Side plain = new Side(arena, open, new HttpClients(open.api()));
                Side secured = new Side(arena, closed, new HttpClients(closed.api(), "t0ken-of-ann"))) {
            plain.fill();
            secured.fill();
            measure(arena, "GET, 64 connections", plain, secured, side -> side.gets(arena));
            measure(arena, "LIST of " + plain.services, plain, secured, side -> side.lists(arena));
            measure(arena, "create, 64 connections", plain, secured, side -> side.creates(arena));
            measure(arena, "event to " + plain.count + " watchers", plain, secured, side -> side.events(arena));
            arena.figures()
                    .figure(
                            "resident memory, ratio",
                            closed.usage().residentMib() / open.usage().residentMib(),
                            "x");
        }
    }

    /** By roles like anybody: whoever is of {@code system:masters} is not asked for any. */
    private static void allow(Arena.Server server) {
        try (HttpClients root = new HttpClients(server.api(), "t0ken-of-root")) {
            List<HttpConnection> connection = root.connect(1);
            Loads.closedLoop(
                    connection,
                    1,
                    n -> root.post(
                            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                            "{\"metadata\":{\"name\":\"readers\"},\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\","
                                    + "\"kind\":\"ClusterRole\",\"name\":\"cluster-admin\"},\"subjects\":[{\"kind\":\"Group\","
                                    + "\"apiGroup\":\"rbac.authorization.k8s.io\",\"name\":\"readers\"}]}"));
            connection.forEach(HttpConnection::close);
        }
        // The roles reach those who decide a moment later.
        try (HttpClients ann = new HttpClients(server.api(), "t0ken-of-ann")) {
            await().ignoreExceptions().atMost(Duration.ofMinutes(1)).until(() -> {
                List<HttpConnection> connection = ann.connect(1);
                Loads.closedLoop(connection, 1, n -> ann.get("/api/v1/namespaces"));
                connection.forEach(HttpConnection::close);
                return true;
            });
        }
    }

    /**
     * One measurement.
     *
     * @param each milliseconds from a request to its answer, or from a change to its event, in the middle
     * @param cpu microseconds of the server's processor time for each
     */
    private record Round(double each, double cpu) {}

    private interface Work {
        Round on(Side side);
    }

    private static void measure(Arena arena, String what, Side plain, Side secured, Work work) {
        work.on(plain);
        work.on(secured);
        List<Round> without = new ArrayList<>();
        List<Round> with = new ArrayList<>();
        for (int round = 0; round < arena.effort().rounds(); round++) {
            without.add(work.on(plain));
            with.add(work.on(secured));
        }
        figures(arena, what + ", p50", "ms", without, with, Round::each);
        figures(arena, what + ", processor time", "us", without, with, Round::cpu);
    }

    private static void figures(
            Arena arena,
            String what,
            String unit,
            List<Round> without,
            List<Round> with,
            ToDoubleFunction<Round> figure) {
        double plain = Rounds.median(without, figure);
        double secured = Rounds.median(with, figure);
        arena.figures().figure(what + ", plain and open", plain, unit);
        arena.figures().figure(what + ", TLS and roles", secured, unit);
        arena.figures().figure(what + ", ratio", secured / Math.max(plain, 0.001), "x");
    }

    /** One server and its client. */
    private static final class Side implements AutoCloseable {
        private final Arena.Server server;
        private final HttpClients clients;
        private final int services;
        private final int count;
        private final Stock stock;
        private final Stock created;
        private final ChangeFeed feed;
        private int made;

        private Side(Arena arena, Arena.Server server, HttpClients clients) {
            this.server = server;
            this.clients = clients;
            this.services = arena.effort().count(SERVICES, 20);
            this.count = arena.effort().count(WATCHERS, 2);
            this.stock = new Stock(clients, "protection-", 1);
            this.created = new Stock(clients, "created-", 8);
            this.feed = new ChangeFeed(clients, "protection-feed");
        }

        private void fill() {
            stock.begin().services(0, services);
            created.begin();
        }

        private Round gets(Arena arena) {
            return load(
                    CONNECTIONS,
                    arena.effort().count(40_000, 50),
                    n -> stock.services(0) + "/" + stock.service(n % services));
        }

        private Round lists(Arena arena) {
            return load(1, arena.effort().count(200, 3), n -> stock.services(0));
        }

        private Round load(int connections, int each, IntFunction<String> path) {
            List<HttpConnection> open = clients.connect(connections);
            // The handshakes are not what is measured.
            Loads.closedLoop(open, connections, n -> clients.get(path.apply(n)));
            Usage before = server.usage();
            Load load = Loads.closedLoop(open, each, n -> clients.get(path.apply(n)));
            double cpu = server.usage().microsEach(before, each);
            open.forEach(HttpConnection::close);
            return new Round(load.millis(50), cpu);
        }

        private Round creates(Arena arena) {
            int each = arena.effort().count(6_000, 20);
            Usage before = server.usage();
            Load load = created.services(made, each);
            made += each;
            return new Round(load.millis(50), server.usage().microsEach(before, each));
        }

        private Round events(Arena arena) {
            int changes = arena.effort().count(1_000, 5);
            Watchers watchers = Watchers.open(clients, count, feed.watched(), feed.listener());
            Usage before = server.usage();
            EventTimes times = feed.change(changes, 100, count);
            double cpu = server.usage().microsEach(before, (long) changes * count);
            watchers.close();
            return new Round(times.millis(50), cpu);
        }

        @Override
        public void close() {
            clients.close();
        }
    }
}
