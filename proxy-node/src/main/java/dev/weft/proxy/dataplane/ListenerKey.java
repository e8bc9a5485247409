package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.Protocol;

/** Where a listener is bound. */
public record ListenerKey(String address, int port, Protocol protocol) implements Comparable<ListenerKey> {

    /** {@code address:port}, with brackets around IPv6. */
    public String authority() {
        return address.indexOf(':') >= 0 ? "[" + address + "]:" + port : address + ":" + port;
    }

    @Override
    public int compareTo(ListenerKey other) {
        int byAddress = address.compareTo(other.address);
        if (byAddress != 0) {
            return byAddress;
        }
        int byPort = Integer.compare(port, other.port);
        return byPort != 0 ? byPort : protocol.compareTo(other.protocol);
    }

    @Override
    public String toString() {
        return protocol + " " + authority();
    }
}
