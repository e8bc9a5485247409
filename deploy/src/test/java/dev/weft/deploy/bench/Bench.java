package dev.weft.deploy.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line of the benchmarks; called by {@code deploy/bench/run}. */
public final class Bench {
    static final List<Benchmark> ALL = List.of(
            new CreateBenchmark(),
            new ReadBenchmark(),
            new ChangeToEventBenchmark(),
            new ManyWatchersBenchmark(),
            new FanOutBenchmark(),
            new ProtectionBenchmark(),
            new ReadyToSliceBenchmark(),
            new ConvergenceBenchmark(),
            new FederationBenchmark(),
            new ImportsBenchmark(),
            new LargeServiceBenchmark(),
            new GrowthBenchmark(),
            new FootprintBenchmark());

    private Bench() {}

    /** Exit codes: 0 measured, whether bars were reached or not; 1 something failed; 2 wrong usage. */
    public static void main(String[] arguments) {
        List<Benchmark> chosen = new ArrayList<>();
        Effort effort = Effort.FULL;
        boolean recording = false;
        for (String argument : arguments) {
            switch (argument) {
                case "--quick" -> effort = Effort.QUICK;
                case "--smoke" -> effort = Effort.SMOKE;
                case "--jfr" -> recording = true;
                case "all" -> chosen.addAll(ALL);
                default -> chosen.addAll(named(argument));
            }
        }
        if (chosen.isEmpty()) {
            usage();
            System.exit(2);
        }
        Path directory = Path.of(System.getProperty("weft.bench.directory", "target/bench"));
        System.exit(measure(chosen, directory, effort, recording) ? 0 : 1);
    }

    private static List<Benchmark> named(String name) {
        return ALL.stream().filter(benchmark -> benchmark.name().equals(name)).toList();
    }

    private static void usage() {
        System.err.println("usage: deploy/bench/run NAME... [--quick] [--jfr]");
        System.err.println("  NAME is all, or one of:");
        ALL.forEach(benchmark -> System.err.printf("    %-12s %s%n", benchmark.name(), benchmark.about()));
        System.err.println("  --quick  a quarter of the operations, one round: rough figures in little time");
        System.err.println("  --jfr    servers write flight recordings to deploy/target/bench/NAME");
    }

    private static boolean measure(List<Benchmark> chosen, Path directory, Effort effort, boolean recording) {
        Figures figures = new Figures(System.out, effort.counts());
        boolean measured = true;
        for (Benchmark benchmark : chosen) {
            figures.title(benchmark.name(), benchmark.about());
            try (Arena arena = new Arena(directory.resolve(benchmark.name()), effort, figures, recording)) {
                benchmark.run(arena);
            } catch (RuntimeException e) {
                measured = false;
                System.err.println(benchmark.name() + " failed:");
                e.printStackTrace();
            }
        }
        figures.summary();
        return measured;
    }
}
