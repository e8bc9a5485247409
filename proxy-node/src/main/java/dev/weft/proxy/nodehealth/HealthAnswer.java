package dev.weft.proxy.nodehealth;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a load balancer; pure. Names of Services and namespaces are DNS labels, so nothing in them needs an escape.
 *
 * @param weight the number of local endpoints, for balancers that spread by it; null where there is none to tell
 */
record HealthAnswer(boolean healthy, String json, @Nullable Integer weight) {

    /** Rule KP-8: healthy while there is a ready endpoint on this node and its proxy serves. */
    static HealthAnswer of(HealthPort port, boolean proxyHealthy) {
        return new HealthAnswer(
                port.localEndpoints() > 0 && proxyHealthy,
                "{\"service\":{\"namespace\":\"" + port.service().namespace() + "\",\"name\":\""
                        + port.service().name() + "\"},\"localEndpoints\":" + port.localEndpoints()
                        + ",\"serviceProxyHealthy\":" + proxyHealthy + "}",
                port.localEndpoints());
    }

    /** Rule KP-9: {@code /healthz} counts whether the node is about to go. */
    static HealthAnswer ofNode(boolean proxyHealthy, boolean nodeLeaving, Instant updated, Instant now) {
        return new HealthAnswer(
                proxyHealthy && !nodeLeaving, times(updated, now) + ",\"nodeEligible\":" + !nodeLeaving + "}", null);
    }

    /** Rule KP-9: {@code /livez} does not. */
    static HealthAnswer ofProxy(boolean proxyHealthy, Instant updated, Instant now) {
        return new HealthAnswer(proxyHealthy, times(updated, now) + "}", null);
    }

    private static String times(Instant updated, Instant now) {
        return "{\"lastUpdated\":\"" + updated + "\",\"currentTime\":\"" + now + "\"";
    }
}
