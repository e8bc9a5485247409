package dev.weft.proxy.dataplane;

/**
 * How many connections may be open at once.
 *
 * @param node through the whole node
 * @param service through all listeners of a service on this node
 * @param listener through one listener
 * @param endpoint from one listener to one endpoint
 * @param otherFiles open files that are not for connections; a quarter of all where that is less
 */
public record ConnectionLimits(int node, int service, int listener, int endpoint, int otherFiles) {
    public ConnectionLimits {
        if (node < 1 || service < 1 || listener < 1 || endpoint < 1 || otherFiles < 0) {
            throw new IllegalArgumentException("weft.proxy.dataplane: max-connections=" + node
                    + " max-connections-by-service=" + service + " max-connections-by-listener=" + listener
                    + " max-connections-by-endpoint=" + endpoint + " other-files=" + otherFiles
                    + " (expected: each >= 1, the last >= 0)");
        }
    }

    /** With a thousand files for all else. */
    public ConnectionLimits(int node, int service, int listener, int endpoint) {
        this(node, service, listener, endpoint, 1_000);
    }

    /**
     * The same in a process that may have so many open files: a connection takes two, and some are left to all
     * else. One connection too many is refused then, and not left unanswered.
     */
    ConnectionLimits within(long openFiles) {
        long most = (openFiles - Math.min(otherFiles, openFiles / 4)) / 2;
        return most >= node
                ? this
                : new ConnectionLimits((int) Math.max(1, most), service, listener, endpoint, otherFiles);
    }
}
