package dev.weft.deploy;

import dev.weft.deploy.client.ApiAccess;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.MetricSamples;
import dev.weft.deploy.client.TrafficTable;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.LiveView;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weft top}: what goes through a proxy-node, now. */
@Command(
        name = "top",
        description = "Show what goes through a proxy-node: connections, bytes and retries in a second, failures and"
                + " refusals so far, endpoints out of choice.",
        sortOptions = false,
        footer = {"", "Where the output is no terminal, it prints one table and ends, as with --once."})
final class TopCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Option(
            names = "--metrics",
            paramLabel = "URL",
            converter = MetricsUrlConverter.class,
            description = "The metrics of a proxy-node that runs alone (weft.proxy.metrics.listen), instead of --api.")
    private @Nullable URI metrics;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "1s",
            description = "Between two readings (default: ${DEFAULT-VALUE}).")
    private Duration interval = Duration.ZERO;

    @Option(names = "--once", description = "Print one table, for scripts.")
    private boolean once;

    @Option(names = "--endpoints", description = "A line for each endpoint instead of each service.")
    private boolean endpoints;

    @Option(
            names = "--lines",
            paramLabel = "N",
            defaultValue = "20",
            description = "How many at most, the busiest first (default: ${DEFAULT-VALUE}).")
    private int most;

    @Override
    public void run() {
        if (most < 1) {
            throw CommandFailed.usage("--lines " + most + ": expected at least 1");
        }
        URI own = metrics;
        ApiClient client = own == null ? api.client() : new ApiClient(ApiAccess.open(own));
        PrintWriter out = spec.commandLine().getOut();
        boolean live = !once && Boolean.getBoolean("weft.terminal");
        LiveView view = new LiveView(out, live);
        MetricSamples before = read(client);
        long beforeNanos = System.nanoTime();
        do {
            LockSupport.parkNanos(interval.toNanos());
            MetricSamples now = read(client);
            long nowNanos = System.nanoTime();
            Duration between = Duration.ofNanos(nowNanos - beforeNanos);
            List<String> lines = TrafficTable.lines(before, now, between, endpoints, most);
            view.show(lines);
            before = now;
            beforeNanos = nowNanos;
        } while (live && !Thread.currentThread().isInterrupted());
        out.flush();
    }

    private static MetricSamples read(ApiClient client) {
        ApiClient.Reply reply = client.accepted("GET /metrics", client.get("/metrics"));
        return MetricSamples.parse(reply.text());
    }
}
