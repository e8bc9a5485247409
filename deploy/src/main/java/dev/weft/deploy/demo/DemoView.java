package dev.weft.deploy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.deploy.backend.Backend;
import dev.weft.deploy.client.CallLoop;
import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.gossip.HostPort;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What goes on in both clusters, as lines to show again and again; calls the west virtual IP all the while. */
public final class DemoView implements AutoCloseable {
    private static final Duration PAUSE_BETWEEN_CALLS = Duration.ofMillis(50);

    private final DemoCluster east;
    private final DemoCluster west;
    private final HostPort target;
    private final CallLoop calls;

    DemoView(DemoCluster east, DemoCluster west, HostPort target, InstantSource clock) {
        this.east = east;
        this.west = west;
        this.target = target;
        this.calls = CallLoop.start(target, PAUSE_BETWEEN_CALLS, clock);
    }

    /** The virtual IP that is called. */
    HostPort target() {
        return target;
    }

    /** The picture now. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        for (DemoCluster cluster : List.of(east, west)) {
            addServices(cluster, lines);
        }
        lines.add(String.format(
                Locale.ROOT,
                "calls to http://%s/ (west), round robin: %d answered, %d failed",
                target,
                calls.total(),
                calls.failed()));
        Map<String, Long> answers = calls.answers();
        for (DemoCluster cluster : List.of(east, west)) {
            for (Backend backend : cluster.backends()) {
                long count = answers.getOrDefault(backend.name(), 0L);
                lines.add(String.format(Locale.ROOT, "  %-8s %6d", backend.name(), count));
            }
        }
        lines.add("Ctrl-C stops the demo.");
        return lines;
    }

    private static void addServices(DemoCluster cluster, List<String> lines) {
        try {
            String imported = cluster.clusterSetIp().map(HostPort::toString).orElse("none");
            lines.add(cluster.name() + "  ClusterIP " + cluster.clusterIp() + " (" + cluster.readyEndpoints(false)
                    + " endpoints ready)  clusterset IP " + imported + " (" + cluster.readyEndpoints(true)
                    + " endpoints ready)");
            cluster.members().forEach(member -> addMember(member, lines));
        } catch (CommandFailed e) {
            lines.add(cluster.name() + "  " + e.getMessage());
        }
    }

    private static void addMember(JsonNode member, List<String> lines) {
        JsonNode status = member.path("status");
        if (!status.path("self").asBoolean()) {
            lines.add("      sees " + member.path("metadata").path("name").asText() + " "
                    + status.path("state").asText() + ", round trip "
                    + status.path("roundTrip").asText("not known yet"));
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
