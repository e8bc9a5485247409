package dev.weft.deploy.bench.nftables;

import dev.weft.deploy.bench.dataplane.Wrk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One load in turn by each way from the client to the backend: medians over the rounds, as ratios of going there directly. */
final class Traffic {
    /** The way that is the ceiling, and the way that is judged. */
    static final String DIRECT = "direct";

    static final String WEFT = "weft";

    private static final double BAR = 0.95;
    /** Between the fewest and the most Services, as a ratio of the way's own medians over the direct ones. */
    private static final double BAR_FLAT = 0.95;

    /** What is measured. */
    enum Figure {
        REQUESTS("requests/s, 64 kept alive", 64, "/", false),
        BULK("bulk MB/s", 8, "/bulk", false),
        CONNECTS("new connections/s", 32, "/", true);

        final String label;
        final int connections;
        final String path;
        final boolean once;

        Figure(String label, int connections, String path, boolean once) {
            this.label = label;
            this.connections = connections;
            this.path = path;
            this.once = once;
        }
    }

    private final Lab lab;
    private final int rounds;
    private final int seconds;
    private final Map<Figure, Map<Integer, Double>> shares = new LinkedHashMap<>();

    Traffic(Lab lab, int rounds, int seconds) {
        this.lab = lab;
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /** What is compiled while it runs has been compiled. */
    void warm() throws IOException, InterruptedException {
        for (Figure figure : Figure.values()) {
            measure(figure, Lab.Host.BARE.direct(), 3);
        }
    }

    /**
     * Measures and prints.
     *
     * @param ways addresses by name, among them {@link #DIRECT} and {@link #WEFT}
     * @param services how many there are
     * @return whether every bar is reached
     */
    boolean run(Map<String, String> ways, int services) throws IOException, InterruptedException {
        boolean held = true;
        for (Figure figure : Figure.values()) {
            Map<String, List<Double>> seen = new LinkedHashMap<>();
            Map<String, List<Double>> ratios = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                Map<String, Double> now = new LinkedHashMap<>();
                List<String> order = new ArrayList<>(ways.keySet());
                if (round % 2 == 1) {
                    Collections.reverse(order); // what goes on beside the benchmark favours nobody
                }
                for (String name : order) {
                    now.put(name, measure(figure, ways.getOrDefault(name, ""), seconds));
                }
                for (String name : ways.keySet()) {
                    double value = now.getOrDefault(name, 0.0);
                    seen.computeIfAbsent(name, first -> new ArrayList<>()).add(value);
                    ratios.computeIfAbsent(name, first -> new ArrayList<>())
                            .add(value / now.getOrDefault(DIRECT, value));
                }
            }
            System.out.printf(Locale.ROOT, "%8d  %-26s", services, figure.label);
            seen.forEach((name, values) -> System.out.printf(
                    Locale.ROOT, "  %s %.0f (%.3f)", name, median(values), median(ratios.getOrDefault(name, values))));
            double share = median(ratios.getOrDefault(WEFT, List.of()));
            shares.computeIfAbsent(figure, first -> new TreeMap<>()).put(services, share);
            held &= share >= BAR;
            System.out.printf(
                    Locale.ROOT, "  | weft is %.3f x direct (bar %.2f: %s)%n", share, BAR, said(share >= BAR));
        }
        return held;
    }

    /** Whether the number of Services makes no difference; prints it. */
    boolean flat() {
        boolean held = true;
        for (Map.Entry<Figure, Map<Integer, Double>> each : shares.entrySet()) {
            TreeMap<Integer, Double> by = new TreeMap<>(each.getValue());
            double ratio = by.lastEntry().getValue() / by.firstEntry().getValue();
            held &= ratio >= BAR_FLAT;
            System.out.printf(
                    Locale.ROOT,
                    "flat: %s with %d services are %.3f x those with %d (bar %.2f: %s)%n",
                    each.getKey().label,
                    by.lastKey(),
                    ratio,
                    by.firstKey(),
                    BAR_FLAT,
                    said(ratio >= BAR_FLAT));
        }
        return held;
    }

    static String said(boolean reached) {
        return reached ? "reached" : "NOT reached";
    }

    private double measure(Figure figure, String server, int seconds) throws IOException, InterruptedException {
        Wrk.Result result = Wrk.run(lab.client(), server, figure.connections, seconds, figure.path, figure.once);
        return figure == Figure.BULK ? result.bytesPerSecond() / 1e6 : result.perSecond();
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
    }
}
