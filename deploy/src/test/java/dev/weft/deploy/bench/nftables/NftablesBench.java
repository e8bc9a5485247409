package dev.weft.deploy.bench.nftables;

import dev.weft.deploy.bench.dataplane.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel mode costs: programming so many Services from nothing, one endpoint's change, and the traffic through them beside
 * the same traffic without; see {@code deploy/bench/nftables}. For a network namespace of its own: it programs the kernel that it
 * runs on.
 */
public final class NftablesBench {
    private static final List<Integer> COUNTS = List.of(10, 100, 1_000, 10_000);
    private static final int WARMING = 20;
    private static final int CHANGES = 60;
    private static final int PEER_CHANGES = 5;
    private static final double BAR_ALL_SECONDS = 5;
    private static final double BAR_CHANGE_MILLIS = 10;

    private final Lab lab;
    private final @Nullable String restore;
    private final Traffic traffic;

    private NftablesBench(Lab lab, @Nullable String restore, Traffic traffic) {
        this.lab = lab;
        this.restore = restore;
        this.traffic = traffic;
    }

    /**
     * Numbers of Services, by default 10 to 10,000; {@code --quick} for fewer and shorter rounds; {@code --no-traffic} for
     * programming only. {@code backend} is what the benchmark starts itself.
     */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        if (words.contains("backend")) {
            Backend.serve("0.0.0.0", Lab.PORT, 1);
            return;
        }
        List<Integer> counts = words.stream()
                .filter(word -> !word.startsWith("--"))
                .map(Integer::valueOf)
                .toList();
        boolean quick = words.contains("--quick");
        boolean held;
        try (Lab lab = new Lab()) {
            String restore = KubeProxy.command(lab);
            Traffic traffic = new Traffic(lab, quick ? 5 : 15, 1);
            held = new NftablesBench(lab, restore, traffic)
                    .run(counts.isEmpty() ? COUNTS : counts, !words.contains("--no-traffic"));
        }
        System.out.println(held ? "every bar is reached" : "a bar is missed");
        System.exit(held ? 0 : 1);
    }

    private boolean run(List<Integer> counts, boolean loaded) throws IOException, InterruptedException {
        System.out.println(
                restore == null
                        ? "without the peer: no iptables-restore works here (Debian: apt-get install iptables)"
                        : "the peer is " + restore + " --noflush of kube-proxy's chains: "
                                + lab.run(Lab.Host.KUBE, restore, "--version").strip());
        lab.route("10.96.0.0/16", Lab.Host.WEFT);
        lab.route("10.97.0.0/16", Lab.Host.KUBE);
        lab.serve(backend());
        if (loaded) {
            traffic.warm();
        }
        boolean held = true;
        for (String algorithm : List.of("round-robin", "random")) {
            for (int count : counts) {
                Stock stock = new Stock(count, algorithm);
                try (Programmed weft = new Programmed(stock)) {
                    boolean first =
                            algorithm.equals("round-robin"); // the peer knows no other; one is enough for the load
                    try (@Nullable
                            KubeProxy peer = restore == null || !first ? null : new KubeProxy(lab, restore, stock)) {
                        held &= programming(stock, weft, peer);
                        held &= !loaded || !first || traffic.run(ways(stock, peer != null), count);
                    }
                }
            }
        }
        boolean flat = !loaded || counts.size() < 2 || traffic.flat();
        return held && flat;
    }

    private static List<String> backend() {
        return List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                NftablesBench.class.getName(),
                "backend");
    }

    private static Map<String, String> ways(Stock stock, boolean peer) {
        Map<String, String> ways = new LinkedHashMap<>();
        ways.put(Traffic.DIRECT, Lab.Host.WEFT.direct());
        ways.put(Traffic.WEFT, stock.measured(Lab.Host.WEFT));
        ways.put("no table at all", Lab.Host.BARE.direct());
        if (peer) {
            ways.put("iptables", stock.measured(Lab.Host.KUBE));
        }
        return ways;
    }

    private static boolean programming(Stock stock, Programmed weft, @Nullable KubeProxy peer)
            throws IOException, InterruptedException {
        List<Double> millis = new ArrayList<>();
        for (int change = 0; change < WARMING + CHANGES; change++) {
            double took = weft.change(change);
            if (change >= WARMING) {
                millis.add(took);
            }
        }
        double median = Traffic.median(millis);
        System.out.printf(
                Locale.ROOT,
                "%8d  %-12s  all of them %.2f s (bar %.0f: %s)  one endpoint's change, median / worst tenth %.1f / %.1f ms"
                        + " (bar %.0f: %s)",
                stock.count(),
                stock.algorithm(),
                weft.seconds(),
                BAR_ALL_SECONDS,
                Traffic.said(weft.seconds() <= BAR_ALL_SECONDS),
                median,
                millis.stream().sorted().toList().get(CHANGES * 9 / 10),
                BAR_CHANGE_MILLIS,
                Traffic.said(median <= BAR_CHANGE_MILLIS));
        if (peer != null) {
            List<Double> theirs = new ArrayList<>();
            for (int change = 0; change < PEER_CHANGES; change++) {
                theirs.add(peer.change(change));
            }
            System.out.printf(
                    Locale.ROOT, "  | iptables %.2f s, change %.1f ms", peer.seconds(), Traffic.median(theirs));
        }
        System.out.println();
        return weft.seconds() <= BAR_ALL_SECONDS && median <= BAR_CHANGE_MILLIS;
    }
}
