package dev.weft.deploy;

import dev.weft.deploy.client.ApiAccess;
import dev.weft.deploy.client.ApiClient;
import dev.weft.deploy.client.MetricSamples;
import dev.weft.deploy.client.TrafficTable;
import dev.weft.deploy.client.TrafficWindow;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.LiveView;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
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
    /** Between two readings while the kernel's counters are awaited. */
    private static final Duration KERNEL_PAUSE = Duration.ofMillis(250);
    /** How long they are awaited before the first picture: with weft.proxy.nftables.count-interval as it is, about 2 s do. */
    private static final Duration KERNEL_PATIENCE = Duration.ofSeconds(5);

    /** What every proxy-node tells, whatever goes through it. */
    private static final String OPEN = "weft_proxy_open_connections";

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
        TrafficWindow window = window(client);
        view.show(TrafficTable.lines(window, endpoints, most));
        while (live && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(interval.toNanos());
            window = window.next(read(client), now());
            view.show(TrafficTable.lines(window, endpoints, most));
        }
        out.flush();
    }

    /** Readings enough for a first picture. What the kernel counts needs more: each has it asked for the next. */
    private TrafficWindow window(ApiClient client) {
        TrafficWindow window = TrafficWindow.begin(read(client), now());
        Duration until = now().plus(KERNEL_PATIENCE);
        while (window.awaitsKernel()
                && now().compareTo(until) < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(KERNEL_PAUSE.toNanos());
            window = window.next(read(client), now());
        }
        LockSupport.parkNanos(interval.toNanos());
        return window.next(read(client), now());
    }

    private static Duration now() {
        return Duration.ofNanos(System.nanoTime());
    }

    private MetricSamples read(ApiClient client) {
        MetricSamples samples = MetricSamples.parse(
                client.accepted("GET /metrics", metrics(client)).text());
        if (samples.all().stream().noneMatch(sample -> sample.name().equals(OPEN))) {
            throw CommandFailed.failed(
                    metrics == null
                            ? client.server()
                                    + " runs no proxy-node (--no-proxy), so nothing goes through it; ask a weft"
                                    + " proxy, by --metrics URL"
                            : client.server()
                                    + "/metrics does not tell of a proxy-node; is this --metrics URL the one of"
                                    + " weft.proxy.metrics.listen?");
        }
        return samples;
    }

    private ApiClient.Reply metrics(ApiClient client) {
        try {
            return client.get("/metrics");
        } catch (CommandFailed e) {
            if (metrics == null || !e.isAway()) {
                throw e;
            }
            throw CommandFailed.away(
                    "no proxy-node tells its metrics at " + client.server() + "; does it run, and is this --metrics URL"
                            + " the one of its weft.proxy.metrics.listen?",
                    e);
        }
    }
}
