package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.health.HealthCheck;
import dev.weft.proxy.selection.Locality;
import dev.weft.proxy.selection.Weighting;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a service asks for by annotation and cannot be read; pure. Weft's own registry refuses such values when they are
 * written; another API server knows nothing of them.
 */
final class Wishes {
    private static final Set<String> MODES = Set.of("auto", "userspace", "nftables");

    private Wishes() {}

    /** One sentence for each; none when all is understood. */
    static List<String> unreadable(ServiceEntry entry) {
        List<String> complaints = new ArrayList<>();
        check(
                entry,
                "algorithm",
                text -> Algorithm.named(text).isPresent(),
                "one of the names in reference.conf; the node's own algorithm is used",
                complaints);
        check(entry, "mode", MODES::contains, "auto, userspace or nftables; the node's own mode is used", complaints);
        check(
                entry,
                "locality",
                text -> Locality.named(text).isPresent(),
                "none, cluster, zone or node; all endpoints are alike",
                complaints);
        for (String weights : List.of(Weighting.CLUSTER_WEIGHTS, Weighting.ZONE_WEIGHTS)) {
            check(
                    entry,
                    weights,
                    Weighting::readable,
                    "names with weights from 0 to 999, e.g. east=3,west=1; what is not understood counts as 1",
                    complaints);
        }
        for (String count : List.of(ListenerPolicy.MAX_CONNECTIONS, ListenerPolicy.MAX_BY_ENDPOINT)) {
            check(entry, count, ListenerPolicy::isCount, "a count; the node's own bound is used", complaints);
        }
        check(
                entry,
                ListenerPolicy.IDLE_TIMEOUT,
                text -> ListenerPolicy.duration(text) != null,
                "a duration such as 500ms, 30s, 5m or 1h; the node's own timeout is used",
                complaints);
        String check = HealthCheck.whyNot(entry.annotations());
        if (!check.isEmpty()) {
            complaints.add(check + "; nothing is checked");
        }
        entry.ports().stream()
                .filter(port -> port.protocol() == Protocol.SCTP && !entry.headless())
                .forEach(port ->
                        complaints.add("port " + port.port() + " is of SCTP, which is not relayed: nobody listens"));
        return List.copyOf(complaints);
    }

    private static void check(
            ServiceEntry entry, String name, Predicate<String> readable, String expected, List<String> complaints) {
        String text = entry.annotation(name);
        if (!text.isEmpty() && !readable.test(text)) {
            complaints.add("mesh.weft.dev/" + name + "=" + text + " (expected: " + expected + ")");
        }
    }
}
