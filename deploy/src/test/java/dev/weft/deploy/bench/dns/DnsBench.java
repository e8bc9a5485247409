package dev.weft.deploy.bench.dns;

import com.typesafe.config.ConfigFactory;
import dev.weft.proxy.dns.DnsServer;
import dev.weft.proxy.dns.DnsSettings;
import dev.weft.proxy.dns.DnsStatus;
import dev.weft.proxy.selection.NodeIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The benchmark of DNS: Weft, BIND and Knot serve one zone in turn, each alone, and dnsperf asks; see {@code
 * deploy/bench/dns}. Prints for each the median rate, the processor time of the server for an answer, and the latency at a
 * fixed rate; then how soon a change is seen.
 */
public final class DnsBench {
    private static final int THREADS = 2;
    private static final int QUESTIONS = 200_000;
    private static final int FIXED_RATE = 5_000;
    private static final double BAR_BIND = 1.0;
    private static final double BAR_KNOT = 0.7;

    private DnsBench() {}

    /** {@code serve PORT SERVICES} is what the benchmark starts itself. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 0 && arguments[0].equals("serve")) {
            serve(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
            return;
        }
        List<String> words = Arrays.asList(arguments);
        boolean quick = words.contains("--quick");
        List<String> only = words.stream().filter(word -> !word.startsWith("-")).toList();
        Path directory = Path.of("target", "bench", "dns").toAbsolutePath();
        Files.createDirectories(directory);
        if (!only.equals(List.of("change")) && !Peer.isInstalled("dnsperf")) {
            System.err.println("dnsperf is not installed (Debian: apt-get install dnsperf bind9 knot)");
            System.exit(1);
        }
        System.exit(new DnsBench().run(directory, quick, only) ? 0 : 1);
    }

    /** A server of ours with nothing around it, fed with the zone. */
    private static void serve(int port, int services) throws IOException {
        DnsSettings settings = DnsSettings.from(ConfigFactory.parseString(
                        "listen = \"127.0.0.1:" + port + "\", forward.upstreams = [], worker-threads = " + THREADS)
                .withFallback(ConfigFactory.defaultReference().getConfig("weft.proxy.dns"))
                .resolve());
        DnsServer server = new DnsServer(
                settings,
                new NodeIdentity("here", "", "west"),
                InstantSource.system(),
                System::nanoTime,
                new SecureRandom());
        server.apply(new BenchZone(services).view());
        server.start();
        while (server.status().state() != DnsStatus.State.BOUND) {
            LockSupport.parkNanos(1_000_000);
        }
        while (System.in.read() >= 0) {
            // ends when its parent does
        }
    }

    private boolean run(Path directory, boolean quick, List<String> only) throws Exception {
        int services = quick ? 2_000 : 10_000;
        int rounds = quick ? 3 : 5;
        int seconds = quick ? 3 : 5;
        BenchZone zone = new BenchZone(services);
        Path file = Files.writeString(directory.resolve("zone"), zone.file());
        Path questions = Files.writeString(directory.resolve("questions"), zone.questions(QUESTIONS));
        Map<String, List<Dnsperf.Run>> runs = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : Peer.all(directory, file, services, THREADS)) {
                if (!peer.usable() || (!only.isEmpty() && !only.contains(peer.name()))) {
                    continue;
                }
                try (peer) {
                    peer.start();
                    Dnsperf client = new Dnsperf(questions, peer.port());
                    client.load(2, 0); // warm, and long enough for a just-in-time compiler
                    client.load(2, 0);
                    long before = peer.cpuMillis();
                    Dnsperf.Run full = client.load(seconds, 0);
                    double cpuMicros = (peer.cpuMillis() - before) * 1000.0 / Math.max(1, full.completed());
                    Dnsperf.Run fixed = client.load(2, FIXED_RATE);
                    Dnsperf.Run seen = new Dnsperf.Run(
                            full.completed(),
                            full.lost(),
                            full.perSecond(),
                            fixed.p50Micros(),
                            fixed.p99Micros(),
                            cpuMicros);
                    runs.computeIfAbsent(peer.name(), first -> new ArrayList<>())
                            .add(seen);
                    System.out.printf(Locale.ROOT, "  round %d %-5s %s%n", round + 1, peer.name(), seen);
                }
            }
        }
        if (!runs.isEmpty()) {
            report(services, runs);
        }
        if (only.isEmpty() || only.contains("change")) {
            new ChangeSeen(directory, quick ? 200 : 1_000, quick ? 250 : 1_000).run();
        }
        return true;
    }

    private static void report(int services, Map<String, List<Dnsperf.Run>> runs) {
        System.out.printf(
                Locale.ROOT,
                "DNS, %d services, half of them headless with 10 endpoints; medians; latency at %d questions a second%n",
                services,
                FIXED_RATE);
        Map<String, Dnsperf.Run> medians = new LinkedHashMap<>();
        runs.forEach((name, each) -> {
            medians.put(name, Dnsperf.Run.median(each));
            System.out.printf(Locale.ROOT, "  %-5s %s%n", name, medians.get(name));
        });
        ratio(medians, "bind", BAR_BIND);
        ratio(medians, "knot", BAR_KNOT);
    }

    private static void ratio(Map<String, Dnsperf.Run> medians, String peer, double bar) {
        Dnsperf.Run weft = medians.get("weft");
        Dnsperf.Run other = medians.get(peer);
        if (weft != null && other != null) {
            double ratio = weft.perSecond() / other.perSecond();
            System.out.printf(
                    Locale.ROOT,
                    "  weft is %.2f x %s in rate (bar %.1f: %s), %.2f x in processor time for an answer%n",
                    ratio,
                    peer,
                    bar,
                    ratio >= bar ? "reached" : "NOT reached",
                    weft.cpuMicros() / other.cpuMicros());
        }
    }
}
