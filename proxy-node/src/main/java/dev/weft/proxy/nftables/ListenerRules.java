package dev.weft.proxy.nftables;

import java.util.List;
import java.util.Map;

/**
 * What one address and port of a service needs in the kernel.
 *
 * @param endpoints each that it leads to, with its cluster, empty for this one
 */
record ListenerRules(List<Element> elements, Map<Endpoint, String> endpoints) {
    static final ListenerRules NONE = new ListenerRules(List.of(), Map.of());

    ListenerRules {
        elements = List.copyOf(elements);
        endpoints = Map.copyOf(endpoints);
    }

    /** An element of a set, or with a value of a map. */
    record Element(String set, String key, String value) {}

    /** Where connections are led. */
    record Endpoint(String address, int port) {
        /** {@code address:port}, with brackets around IPv6. */
        String authority() {
            return Family.of(address) == Family.IPV6 ? "[" + address + "]:" + port : address + ":" + port;
        }
    }
}
