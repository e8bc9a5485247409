package dev.weft.proxy.dataplane;

/**
 * How many connections may be open at once.
 *
 * @param node through the whole node
 * @param service through all listeners of a service on this node
 * @param listener through one listener
 * @param endpoint from one listener to one endpoint
 */
public record ConnectionLimits(int node, int service, int listener, int endpoint) {
    public ConnectionLimits {
        if (node < 1 || service < 1 || listener < 1 || endpoint < 1) {
            throw new IllegalArgumentException("weft.proxy.dataplane: max-connections=" + node
                    + " max-connections-by-service=" + service + " max-connections-by-listener=" + listener
                    + " max-connections-by-endpoint=" + endpoint + " (expected: each >= 1)");
        }
    }
}
