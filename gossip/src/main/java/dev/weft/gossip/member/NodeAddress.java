package dev.weft.gossip.member;

/**
 * Where a process listens for gossip.
 *
 * @param host a name or a literal address, without brackets
 * @param port 1 to 65535, or 0 where the system is to choose one
 */
public record NodeAddress(String host, int port) {
    public NodeAddress {
        if (host.isEmpty() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "address: " + host + " port " + port + " (expected: a host, a port from 0 to 65535)");
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
