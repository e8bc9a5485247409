package dev.weft.deploy.bench.dns;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The client: dnsperf from one thread with twenty sockets, which the kernel spreads over a server's own. */
final class Dnsperf {
    private final Path questions;
    private final int port;

    Dnsperf(Path questions, int port) {
        this.questions = questions;
        this.port = port;
    }

    /** What one run has shown. */
    record Run(long completed, long lost, double perSecond, double p50Micros, double p99Micros, double cpuMicros) {
        static Run median(List<Run> runs) {
            return new Run(
                    (long) of(runs, Run::completed),
                    (long) of(runs, Run::lost),
                    of(runs, Run::perSecond),
                    of(runs, Run::p50Micros),
                    of(runs, Run::p99Micros),
                    of(runs, Run::cpuMicros));
        }

        private static double of(List<Run> runs, ToDoubleFunction<Run> figure) {
            return runs.stream().mapToDouble(figure).sorted().toArray()[runs.size() / 2];
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%9.0f answers/s  %6.2f us CPU each  %d lost  p50 %4.0f us  p99 %5.0f us",
                    perSecond,
                    cpuMicros,
                    lost,
                    p50Micros,
                    p99Micros);
        }
    }

    /**
     * Asks for some seconds.
     *
     * @param rate questions a second, each of whose latencies is then noted; 0 for as many as are answered
     */
    Run load(int seconds, int rate) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "dnsperf",
                "-s",
                "127.0.0.1",
                "-p",
                "" + port,
                "-d",
                questions.toString(),
                "-c",
                "20",
                "-T",
                "1",
                "-l"));
        command.add("" + seconds);
        command.addAll(rate > 0 ? List.of("-Q", "" + rate, "-v") : List.of("-q", "200"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<Double> latencies = new ArrayList<>();
        long completed = 0;
        long lost = 0;
        double perSecond = 0;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] words = line.trim().split("\\s+", -1);
                if (line.startsWith("> ")) {
                    latencies.add(Double.parseDouble(words[words.length - 1]) * 1e6);
                } else if (line.contains("Queries completed:")) {
                    completed = Long.parseLong(words[2]);
                } else if (line.contains("Queries lost:")) {
                    lost = Long.parseLong(words[2]);
                } else if (line.contains("Queries per second:")) {
                    perSecond = Double.parseDouble(words[3]);
                }
            }
        }
        if (completed == 0) {
            throw new IllegalStateException("dnsperf got no answer from port " + port);
        }
        latencies.sort(null);
        return new Run(completed, lost, perSecond, at(latencies, 0.5), at(latencies, 0.99), 0);
    }

    private static double at(List<Double> sorted, double part) {
        return sorted.isEmpty() ? 0 : sorted.get((int) (sorted.size() * part));
    }
}
