package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;

/** From a Pod's readiness in one cluster to the imported slice at a watcher of another. */
final class FederationBenchmark implements Benchmark {
    private static final double PER_SECOND = 100;

    @Override
    public String name() {
        return "federation";
    }

    @Override
    public String about() {
        return "from a Pod's readiness in one cluster to the slice at a watcher of another, 100 changes a second";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server origin = arena.server();
        Arena.Server importer = arena.server(List.of("--join=" + origin.gossip()));
        int services = arena.effort().count(1_000, 5);
        try (HttpClients there = new HttpClients(origin.api());
                HttpClients here = new HttpClients(importer.api())) {
            String prefix = "federated-";
            new Stock(here, prefix, 16).begin();
            Stock stock = new Stock(there, prefix, 16).begin();
            Imports imports = new Imports(services);
            String path = "/apis/discovery.k8s.io/v1/endpointslices?watch=true&resourceVersion=0"
                    + "&labelSelector=multicluster.kubernetes.io%2Fsource-cluster%3D" + origin.cluster();
            Watchers watcher = Watchers.open(here, 1, path, imports::line);
            long begun = System.nanoTime();
            stock.services(0, services);
            stock.pods(0, services, 1);
            stock.ready(0, services, 1);
            stock.exports(0, services);
            Watchers.await(imports.whole, "Services to be imported");
            arena.figures()
                    .figure(
                            services + " Services made, exported and imported in",
                            (System.nanoTime() - begun) / 1e9,
                            "s");
            measure(arena, there, stock, imports, origin, importer);
            arena.figures().figure("watches lost", watcher.lost(), "");
            watcher.close();
        }
    }

    private static void measure(
            Arena arena, HttpClients there, Stock stock, Imports imports, Arena.Server origin, Arena.Server importer) {
        int changes = arena.effort().count(2_000, 5);
        List<HttpConnection> writers = there.connect(8);
        // Until the code is compiled.
        imports.change(there, writers, stock, arena.effort().count(3_000, 5));
        double[][] rounds = new double[4][arena.effort().rounds()];
        Usage before = origin.usage();
        Usage importing = importer.usage();
        for (int round = 0; round < arena.effort().rounds(); round++) {
            imports.change(there, writers, stock, changes);
            rounds[0][round] = Imports.millis(imports.afterCommit, 50);
            rounds[1][round] = Imports.millis(imports.afterCommit, 99);
            rounds[2][round] = Imports.millis(imports.afterSending, 50);
            rounds[3][round] = Imports.millis(imports.afterSending, 99);
        }
        Figures figures = arena.figures();
        int all = changes * arena.effort().rounds();
        figures.atMost("committed here to seen there, p50", Figures.median(rounds[0]), 5, "ms");
        figures.atMost("committed here to seen there, p99", Figures.median(rounds[1]), 25, "ms");
        figures.figure("sent here to seen there, p50", Figures.median(rounds[2]), "ms");
        figures.figure("sent here to seen there, p99", Figures.median(rounds[3]), "ms");
        figures.figure("processor time a change, who exports", origin.usage().microsEach(before, all), "us");
        figures.figure("processor time a change, who imports", importer.usage().microsEach(importing, all), "us");
        writers.forEach(HttpConnection::close);
    }

    /** What a watcher sees of the imported slices, each of one Pod, whose readiness goes to and fro. */
    private static final class Imports {
        private static final Marker SERVICE = Marker.of("\"multicluster.kubernetes.io/service-name\":\"svc-");
        private static final Marker READY = Marker.of("\"ready\":true");

        private final int services;
        private final CountDownLatch whole;
        private final boolean[] present;
        private int turns;

        private volatile Turn current = new Turn(0, false);
        private Histogram afterCommit = new Histogram(3);
        private Histogram afterSending = new Histogram(3);

        private Imports(int services) {
            this.services = services;
            this.whole = new CountDownLatch(services);
            this.present = new boolean[services];
        }

        /** Each Service changes once. */
        private static final class Turn {
            private final boolean ready;
            private final AtomicLongArray sent;
            private final AtomicLongArray committed;
            private final AtomicLongArray seen;
            private final CountDownLatch left;

            private Turn(int changes, boolean ready) {
                this.ready = ready;
                sent = new AtomicLongArray(changes);
                committed = new AtomicLongArray(changes);
                seen = new AtomicLongArray(changes);
                left = new CountDownLatch(2 * changes);
            }
        }

        /** Makes so many changes, each Service in its turn, and waits until all were answered and seen. */
        void change(HttpClients clients, List<HttpConnection> writers, Stock stock, int changes) {
            afterCommit = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
            afterSending = new Histogram(TimeUnit.MINUTES.toNanos(2), 3);
            for (int made = 0; made < changes; made += services) {
                Turn now = new Turn(services, turns++ % 2 == 1);
                current = now;
                Loads.paced(
                        clients.loop(),
                        writers,
                        PER_SECOND,
                        services,
                        n -> stock.status(n, 0, n, now.ready),
                        n -> now.sent.set(n, System.nanoTime()),
                        n -> {
                            now.committed.set(n, System.nanoTime());
                            now.left.countDown();
                        });
                Watchers.await(now.left, "changes to be seen by the other cluster");
                record(now);
            }
        }

        private void record(Turn turn) {
            for (int n = 0; n < services; n++) {
                long seen = turn.seen.get(n);
                afterCommit.recordValue(Math.max(0, seen - turn.committed.get(n)));
                afterSending.recordValue(seen - turn.sent.get(n));
            }
        }

        /** A line of the watch. */
        void line(ByteBuf line) {
            int service = SERVICE.number(line);
            if (service < 0 || service >= services) {
                return;
            }
            boolean ready = READY.isIn(line);
            if (ready && !present[service]) {
                present[service] = true;
                whole.countDown();
            }
            Turn now = current;
            if (service < now.seen.length()
                    && ready == now.ready
                    && now.sent.get(service) != 0
                    && now.seen.compareAndSet(service, 0, System.nanoTime())) {
                now.left.countDown();
            }
        }

        static double millis(Histogram nanos, double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e6;
        }
    }
}
