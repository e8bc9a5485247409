package dev.weft.proxy.dataplane;

import dev.weft.proxy.health.HealthCheck;
import dev.weft.proxy.view.ServiceEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a service asks of its listener besides where it leads.
 *
 * @param sourceRanges from where it may be reached; none means from everywhere
 * @param maxConnections open ones of the service on this node; 0 for what is configured
 * @param maxByEndpoint open ones from this listener to one endpoint; 0 for what is configured
 * @param idleTimeout null for what is configured, zero for never
 * @param checks how its endpoints are to be checked from here, by the annotations' names; empty for not at all
 */
record ListenerPolicy(
        List<String> sourceRanges,
        int maxConnections,
        int maxByEndpoint,
        @Nullable Duration idleTimeout,
        Map<String, String> checks) {
    /** Without checks of the endpoints. */
    ListenerPolicy(List<String> sourceRanges, int maxConnections, int maxByEndpoint, @Nullable Duration idleTimeout) {
        this(sourceRanges, maxConnections, maxByEndpoint, idleTimeout, Map.of());
    }

    /** Nothing in particular. */
    static final ListenerPolicy NONE = new ListenerPolicy(List.of(), 0, 0, null);

    /** Annotations of a Service or ServiceImport below {@code mesh.weft.dev/}. */
    static final String MAX_CONNECTIONS = "max-connections";

    static final String MAX_BY_ENDPOINT = "max-connections-by-endpoint";
    static final String IDLE_TIMEOUT = "idle-timeout";
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,7})(ms|s|m|h)");

    ListenerPolicy {
        sourceRanges = List.copyOf(sourceRanges);
        checks = Map.copyOf(checks);
    }

    /** What the service says of the address; what is not understood is as if it were not there, and told by {@link Wishes}. */
    static ListenerPolicy of(ServiceEntry entry, String address) {
        return new ListenerPolicy(
                entry.balancerAddresses().contains(address) ? entry.sourceRanges() : List.of(),
                count(entry.annotation(MAX_CONNECTIONS)),
                count(entry.annotation(MAX_BY_ENDPOINT)),
                duration(entry.annotation(IDLE_TIMEOUT)),
                checks(entry));
    }

    private static Map<String, String> checks(ServiceEntry entry) {
        Map<String, String> checks = new HashMap<>();
        if (!entry.annotation(HealthCheck.DATA_PATH).isEmpty()) {
            entry.annotations().forEach((name, value) -> {
                if (name.equals(HealthCheck.DATA_PATH) || name.startsWith("health-check-")) {
                    checks.put(name, value);
                }
            });
        }
        return checks;
    }

    static boolean isCount(String text) {
        return text.matches("[0-9]{1,9}");
    }

    private static int count(String text) {
        return !text.isEmpty() && isCount(text) ? Integer.parseInt(text) : 0;
    }

    /** Null for a text that is none. */
    static @Nullable Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (text.isEmpty() || !matcher.matches()) {
            return null;
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}
