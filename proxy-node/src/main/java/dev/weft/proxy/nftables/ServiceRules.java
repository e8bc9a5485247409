package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one service needs in the kernel.
 *
 * @param listeners by where connections arrive
 * @param chains of this service alone, with their rules
 * @param sets of this service alone, with their declarations; their elements are the kernel's own
 * @param shared chains that any number of services use; the same name always means the same rules
 * @param virtual addresses that are this service's on every port
 * @param turns how many of the chains take turns
 */
record ServiceRules(
        Map<ListenerKey, ListenerRules> listeners,
        Map<String, List<String>> chains,
        Map<String, String> sets,
        Map<String, List<String>> shared,
        Set<String> virtual,
        int turns) {
    static final ServiceRules NONE = new ServiceRules(Map.of(), Map.of(), Map.of(), Map.of(), Set.of(), 0);

    ServiceRules {
        listeners = Map.copyOf(listeners);
        chains = Map.copyOf(chains);
        sets = Map.copyOf(sets);
        shared = Map.copyOf(shared);
        virtual = Set.copyOf(virtual);
    }
}
