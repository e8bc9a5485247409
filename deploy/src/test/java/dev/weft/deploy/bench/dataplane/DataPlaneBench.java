package dev.weft.deploy.bench.dataplane;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.ProxySettings;
import dev.weft.proxy.dataplane.DataPlane;
import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.dataplane.ListenerPlan;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * The benchmark of the data plane: nothing, HAProxy, nginx and Weft stand in turn between one load and one backend; see
 * {@code deploy/bench/dataplane}. Prints medians over the rounds, and the ratios beside their bars.
 */
public final class DataPlaneBench {
    private static final int CONNECTIONS = 64;
    private static final int IDLE = 10_000;
    private static final int IDLE_MEGABYTES = 150;
    private static final int COLD_SECONDS = 3;
    private static final int CHURN_WARM_UP_SECONDS = 30;

    /** In the order in which they are printed; bars are ratios of Weft to HAProxy. */
    private enum Figure {
        REQUESTS("requests/s, 64 kept alive", 1.0, false),
        BULK("bulk MB/s", 1.0, false),
        CONNECTS("new connections/s", 0.9, false),
        P99("p99 at half load (us)", 1.5, true),
        CPU("processor time by request (us)", Double.NaN, true);

        final String label;
        final double bar;
        final boolean lessIsBetter;

        Figure(String label, double bar, boolean lessIsBetter) {
            this.label = label;
            this.bar = bar;
            this.lessIsBetter = lessIsBetter;
        }
    }

    private final Path directory;
    private final int rounds;
    private final int seconds;
    private final Map<String, Map<Figure, List<Double>>> seen = new LinkedHashMap<>();
    private double halfLoad;

    private DataPlaneBench(Path directory, boolean quick) {
        this.directory = directory;
        this.rounds = quick ? 3 : 5;
        this.seconds = quick ? 3 : 10;
    }

    /** {@code backend} and {@code weft} are what the benchmark starts itself. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = Arrays.asList(arguments);
        if (words.contains("picks")) {
            System.exit(Picks.run() ? 0 : 1);
        } else if (words.contains("changes")) {
            Path directory = Path.of("target", "bench", "dataplane").toAbsolutePath();
            Files.createDirectories(directory);
            try (Proxy direct = Proxy.direct(directory)) {
                new DataPlaneBench(directory, words.contains("--quick")).changes(direct.port());
            }
            System.exit(0);
        } else if (!words.isEmpty() && words.get(0).equals("backend")) {
            Backend.serve(Integer.parseInt(words.get(1)), Integer.parseInt(words.get(2)));
        } else if (!words.isEmpty() && words.get(0).equals("weft")) {
            weft(Integer.parseInt(words.get(1)), Integer.parseInt(words.get(2)), words.get(3));
        } else if (!words.isEmpty() && words.get(0).equals("churn")) {
            Churn.serve(Integer.parseInt(words.get(1)), Integer.parseInt(words.get(2)), words.get(3));
        } else if (!Proxy.isInstalled("wrk")) {
            System.err.println("wrk is not installed (Debian: apt-get install wrk haproxy)");
            System.exit(1);
        } else {
            Path directory = Path.of("target", "bench", "dataplane").toAbsolutePath();
            Files.createDirectories(directory);
            new DataPlaneBench(directory, words.contains("--quick")).run();
            System.exit(0);
        }
    }

    /** A data plane of ours with nothing around it, and one listener. */
    private static void weft(int port, int backend, String threads) {
        Config config = ConfigFactory.parseString("weft.proxy.dataplane.worker-threads = " + threads)
                .withFallback(ConfigFactory.load());
        ProxySettings settings = ProxySettings.from(config);
        DataPlane plane =
                new DataPlane(settings.dataPlane(), settings.balance(), System::nanoTime, new SplittableRandom(1));
        Candidate candidate =
                new Candidate("127.0.0.1", backend, "", "/one", true, true, false, false, Set.of(), Set.of(), 1);
        plane.apply(
                ServiceKey.service("default", "bench"),
                List.of(new ListenerPlan(
                        new ListenerKey("127.0.0.1", port, Protocol.TCP), List.of(candidate), null, null)));
        while (true) {
            LockSupport.park();
        }
    }

    private void run() throws Exception {
        try (Proxy direct = Proxy.direct(directory)) {
            List<Proxy> proxies = new ArrayList<>(List.of(direct));
            try {
                if (Proxy.isInstalled("haproxy")) {
                    proxies.add(Proxy.haproxy(directory, direct.port()));
                }
                if (Proxy.hasNginx()) {
                    proxies.add(Proxy.nginx(directory, direct.port()));
                }
                proxies.add(Proxy.weft(directory, direct.port()));
                for (Proxy proxy : proxies) { // what is compiled while it runs has been compiled
                    Wrk.run(proxy.port(), CONNECTIONS, Math.max(5, seconds), "/", false);
                    Wrk.run(proxy.port(), 8, 3, "/bulk", false);
                    Wrk.run(proxy.port(), 32, 3, "/", true);
                }
                halfLoad = proxies.stream()
                                .filter(proxy -> proxy != direct)
                                .mapToDouble(proxy -> rate(proxy.port()))
                                .min()
                                .orElse(1_000)
                        / 2;
                for (int round = 0; round < rounds; round++) {
                    for (Proxy proxy : proxies) {
                        measure(round, proxy);
                    }
                }
                report();
                idle(direct.port());
                cold(direct.port());
                changes(direct.port());
            } finally {
                proxies.subList(1, proxies.size()).forEach(Proxy::close);
            }
        }
    }

    private double rate(int port) {
        try {
            return Wrk.run(port, CONNECTIONS, 2, "/", false).perSecond();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void measure(int round, Proxy proxy) throws Exception {
        Map<Figure, Double> now = new LinkedHashMap<>();
        long before = proxy.cpuMillis();
        Wrk.Result requests = Wrk.run(proxy.port(), CONNECTIONS, seconds, "/", false);
        double cpuMicros = (proxy.cpuMillis() - before) * 1e3 / Math.max(1, requests.perSecond() * seconds);
        now.put(Figure.REQUESTS, requests.perSecond());
        now.put(Figure.BULK, Wrk.run(proxy.port(), 8, seconds, "/bulk", false).bytesPerSecond() / 1e6);
        now.put(Figure.CONNECTS, Wrk.run(proxy.port(), 32, seconds, "/", true).perSecond());
        now.put(
                Figure.P99,
                PacedLoad.run(proxy.port(), CONNECTIONS, halfLoad, seconds).p99Micros());
        now.put(Figure.CPU, cpuMicros);
        Map<Figure, List<Double>> of = seen.computeIfAbsent(proxy.name(), first -> new LinkedHashMap<>());
        now.forEach((figure, value) ->
                of.computeIfAbsent(figure, first -> new ArrayList<>()).add(value));
        System.out.printf(Locale.ROOT, "  round %d %-8s", round + 1, proxy.name());
        now.forEach((figure, value) -> System.out.printf(Locale.ROOT, "  %10.0f", value));
        System.out.println();
    }

    private void report() {
        System.out.printf(Locale.ROOT, "medians of %d rounds; half load is %.0f requests/s%n", rounds, halfLoad);
        for (Figure figure : Figure.values()) {
            System.out.printf(Locale.ROOT, "  %-32s", figure.label);
            seen.forEach(
                    (name, values) -> System.out.printf(Locale.ROOT, "  %s %.0f", name, median(values.get(figure))));
            Map<Figure, List<Double>> peer = seen.get("haproxy");
            Map<Figure, List<Double>> weft = seen.get("weft");
            if (peer != null && weft != null && figure == Figure.P99) {
                double direct = median(seen.get("direct").get(figure));
                System.out.print("  | "
                        + new AddedLatency(direct, median(peer.get(figure)), median(weft.get(figure)))
                                .verdict(figure.bar));
            } else if (peer != null && weft != null) {
                double ratio = median(weft.get(figure)) / Math.max(1, median(peer.get(figure)));
                boolean reached = figure.lessIsBetter ? ratio <= figure.bar : ratio >= figure.bar;
                System.out.printf(Locale.ROOT, "  | weft is %.2f x haproxy", ratio);
                System.out.print(
                        Double.isNaN(figure.bar)
                                ? ""
                                : " (bar " + figure.bar + ": " + (reached ? "reached" : "NOT reached") + ")");
            }
            System.out.println();
        }
    }

    /** What they hold by processes that have done little before: what grew under load would hide it. */
    private void idle(int backend) throws IOException, InterruptedException {
        if (Proxy.isInstalled("haproxy")) {
            idle(Proxy.haproxy(directory, backend));
        }
        if (Proxy.hasNginx()) {
            idle(Proxy.nginx(directory, backend));
        }
        double more = idle(Proxy.weft(directory, backend));
        System.out.printf(
                Locale.ROOT,
                "  idle connections cost %.0f MB (bar %d: %s)%n",
                more,
                IDLE_MEGABYTES,
                more <= IDLE_MEGABYTES ? "reached" : "NOT reached");
    }

    /** MB more than before. */
    private static double idle(Proxy fresh) throws IOException, InterruptedException {
        try (fresh) {
            Wrk.run(fresh.port(), 8, 1, "/", false);
            return hold(fresh);
        }
    }

    private static double hold(Proxy proxy) throws IOException, InterruptedException {
        int most = Math.min(IDLE, Proxy.mostConnections() - 100);
        long before = proxy.residentKib();
        List<SocketChannel> open = new ArrayList<>();
        try {
            for (int number = 0; number < most; number++) {
                open.add(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())));
            }
            Wrk.run(proxy.port(), 1, 1, "/", false); // it has taken all that came before
            long after = proxy.residentKib();
            System.out.printf(
                    Locale.ROOT,
                    "  %d idle connections: %s holds %.0f MB instead of %.0f%n",
                    most,
                    proxy.name(),
                    after / 1024.0,
                    before / 1024.0);
            return (after - before) / 1024.0;
        } catch (IOException e) {
            System.out.printf(
                    Locale.ROOT, "  idle connections: stopped at %d: %s (ulimit -n?)%n", open.size(), e.getMessage());
            return Double.NaN;
        } finally {
            for (SocketChannel channel : open) {
                channel.close();
            }
        }
    }

    /** New connections in the first seconds of a process, of HAProxy and of Weft. */
    private void cold(int backend) throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            if (Proxy.isInstalled("haproxy")) {
                rates.computeIfAbsent("haproxy", first -> new ArrayList<>())
                        .add(coldRate(Proxy.haproxy(directory, backend)));
            }
            rates.computeIfAbsent("weft", first -> new ArrayList<>()).add(coldRate(Proxy.weft(directory, backend)));
        }
        System.out.printf(Locale.ROOT, "  new connections/s in the first %d s:", COLD_SECONDS);
        rates.forEach((name, of) -> System.out.printf(Locale.ROOT, "  %s %.0f", name, median(of)));
        System.out.println();
    }

    private static double coldRate(Proxy fresh) throws IOException, InterruptedException {
        try (fresh) {
            return Wrk.run(fresh.port(), 32, COLD_SECONDS, "/", true).perSecond();
        }
    }

    /** What endpoint changes in the background cost the data path. */
    private void changes(int backend) throws Exception {
        try (Proxy proxy = Proxy.churn(directory, backend)) {
            Wrk.run(proxy.port(), CONNECTIONS, Math.max(5, seconds), "/", false);
            proxy.tell('1');
            Wrk.run(proxy.port(), CONNECTIONS, CHURN_WARM_UP_SECONDS, "/", false); // until it is compiled
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                proxy.tell('0');
                Wrk.run(proxy.port(), CONNECTIONS, 1, "/", false);
                double quiet =
                        Wrk.run(proxy.port(), CONNECTIONS, seconds, "/", false).perSecond();
                proxy.tell('1');
                Wrk.run(proxy.port(), CONNECTIONS, 1, "/", false);
                double busy =
                        Wrk.run(proxy.port(), CONNECTIONS, seconds, "/", false).perSecond();
                ratios.add(busy / quiet);
                System.out.printf(
                        Locale.ROOT,
                        "  round %d: %.0f requests/s, with %d endpoint changes/s over %d services %.0f: %.3f%n",
                        round + 1,
                        quiet,
                        Churn.CHANGES_PER_SECOND,
                        Churn.SERVICES,
                        busy,
                        busy / quiet);
            }
            System.out.printf(
                    Locale.ROOT,
                    "  endpoint changes leave %.3f of the rate (bar 0.95: %s)%n",
                    median(ratios),
                    median(ratios) >= 0.95 ? "reached" : "NOT reached");
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
