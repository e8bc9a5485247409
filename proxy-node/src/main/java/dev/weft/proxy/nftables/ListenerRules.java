package dev.weft.proxy.nftables;

import java.util.List;
import java.util.Set;

/**
 * What one address and port of a service needs in the kernel.
 *
 * @param endpoints {@code address:port} of each that it leads to
 */
record ListenerRules(List<Element> elements, Set<Endpoint> endpoints) {
    static final ListenerRules NONE = new ListenerRules(List.of(), Set.of());

    ListenerRules {
        elements = List.copyOf(elements);
        endpoints = Set.copyOf(endpoints);
    }

    /** An element of a set, or with a value of a map. */
    record Element(String set, String key, String value) {}

    /** Where connections are led. */
    record Endpoint(String address, int port) {}
}
