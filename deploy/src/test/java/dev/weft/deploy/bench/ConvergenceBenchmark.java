package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import java.util.concurrent.CountDownLatch;

/** Services and Pods created at full speed: how long after the last write everything stands in slices. */
final class ConvergenceBenchmark implements Benchmark {
    private static final int PODS = 10;
    private static final String SLICES = "/apis/discovery.k8s.io/v1/endpointslices?watch=true&resourceVersion=0";

    @Override
    public String name() {
        return "converge";
    }

    @Override
    public String about() {
        return "1,000 Services x 10 Pods created at full speed, until a watcher has seen every endpoint";
    }

    @Override
    public void run(Arena arena) {
        Arena.Server server = arena.server();
        int services = arena.effort().count(1_000, 5);
        try (HttpClients clients = new HttpClients(server.api())) {
            Stock stock = new Stock(clients, "converge-", 16).begin();
            Progress progress = new Progress(services);
            Watchers watcher = Watchers.open(clients, 1, SLICES, progress::line);
            Usage before = server.usage();
            long begun = System.nanoTime();
            stock.services(0, services);
            stock.pods(0, services, PODS);
            stock.ready(0, services, PODS);
            long written = System.nanoTime();
            Watchers.await(progress.whole, "Services with all their endpoints");
            double after = Math.max(0, (progress.last - written) / 1e9);
            int writes = services * (1 + 2 * PODS);
            Figures figures = arena.figures();
            figures.figure("writes", writes * 1e9 / (written - begun), "/s");
            figures.figure("processor time a write", server.usage().microsEach(before, writes), "us");
            figures.atMost("converged after the last write", after, 0.5, "s");
            figures.figure("watches lost", watcher.lost(), "");
            figures.note("Kubernetes on such a machine: 3 s with high rate limits, 45 s with its defaults");
            watcher.close();
        }
    }

    /** Which Services have all their endpoints, as a watcher sees it. */
    private static final class Progress {
        private static final Marker SERVICE = Marker.of("\"kubernetes.io/service-name\":\"svc-");
        private static final Marker READY = Marker.of("\"ready\":true");

        private final boolean[] done;
        private final CountDownLatch whole;
        private volatile long last;

        private Progress(int services) {
            done = new boolean[services];
            whole = new CountDownLatch(services);
        }

        private void line(ByteBuf line) {
            int service = SERVICE.number(line);
            if (service >= 0 && service < done.length && !done[service] && READY.count(line) == PODS) {
                done[service] = true;
                last = System.nanoTime();
                whole.countDown();
            }
        }
    }
}
