package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Element;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All services of the kernel together: the wanted table, and what a change of one service takes. No clock, no kernel; for
 * one thread at a time.
 *
 * <p>Where two services claim one address and port, the first in order of {@link ServiceKey} has it, whichever came first;
 * the other gets it when that one goes.
 */
final class RuleSet {
    private final int ownTurns;
    private final TableContent table = new TableContent();
    private final Map<ServiceKey, ServiceRules> services = new HashMap<>();
    private final Map<ListenerKey, SortedSet<ServiceKey>> claims = new HashMap<>();
    private final Map<String, Integer> virtual = new HashMap<>();
    private int turns;
    private final Set<StaleFlow> staleFlows = new LinkedHashSet<>();

    /** @param node whose table it is */
    RuleSet(NftablesSettings settings, String node) {
        this.ownTurns = settings.ownTurns();
        Skeleton.sets(settings).forEach(table::set);
        Skeleton.chains(settings, node).forEach(table::chain);
    }

    TableContent table() {
        return table;
    }

    /** The services that it holds; costs their number. */
    Set<ServiceKey> services() {
        return Set.copyOf(services.keySet());
    }

    boolean serves(ServiceKey key) {
        return services.containsKey(key);
    }

    boolean isEmpty() {
        return services.isEmpty();
    }

    /**
     * The service has these needs from now on.
     *
     * @param picture null when it is no longer the kernel's
     */
    void update(ServiceKey key, @Nullable ServicePicture picture, ServiceCompiler compiler) {
        ServiceRules before = services.getOrDefault(key, ServiceRules.NONE);
        turns -= before.turns();
        ServiceRules after = ServiceRules.NONE;
        if (picture != null) {
            after = compiler.compile(picture, true);
            if (after.turns() > 0 && turns + after.turns() > ownTurns) {
                after = compiler.compile(picture, false);
            }
        }
        turns += after.turns();
        replace(key, before, after);
    }

    /** Who else claims the listeners of a service before it; empty for nobody. */
    Set<ListenerKey> lost(ServiceKey key) {
        Set<ListenerKey> lost = new HashSet<>();
        services.getOrDefault(key, ServiceRules.NONE).listeners().keySet().forEach(listener -> {
            if (!key.equals(owner(listener))) {
                lost.add(listener);
            }
        });
        return lost;
    }

    private void replace(ServiceKey key, ServiceRules before, ServiceRules after) {
        after.shared().forEach((name, rules) -> {
            if (!table.hasChain(name)) {
                table.chain(name, rules);
            }
        });
        difference(before.chains(), after.chains()).forEach((name, rules) -> table.chain(name, rules));
        difference(before.sets(), after.sets()).forEach((name, declaration) -> table.set(name, declaration));
        Set<ListenerKey> touched = new LinkedHashSet<>(before.listeners().keySet());
        touched.addAll(after.listeners().keySet());
        touched.forEach(listener -> rules(listener).elements().forEach(table::remove));
        touched.forEach(listener -> claim(listener, key, after.listeners().containsKey(listener)));
        if (after.listeners().isEmpty()) {
            services.remove(key);
        } else {
            services.put(key, after);
        }
        touched.forEach(listener -> rules(listener).elements().forEach(table::put));
        touched.stream()
                .filter(listener -> listener.protocol() == Protocol.UDP)
                .forEach(listener -> noteStale(
                        listener,
                        before.listeners()
                                .getOrDefault(listener, ListenerRules.NONE)
                                .endpoints()
                                .keySet(),
                        rules(listener).endpoints().keySet()));
        after.virtual().forEach(address -> count(address, 1));
        before.virtual().forEach(address -> count(address, -1));
    }

    /**
     * Datagrams that the kernel would go on sending where they were sent before, since the last call. Unlike a TCP
     * connection such a flow never ends while its client sends.
     */
    Set<StaleFlow> takeStaleFlows() {
        Set<StaleFlow> taken = Set.copyOf(staleFlows);
        staleFlows.clear();
        return taken;
    }

    private void noteStale(ListenerKey listener, Set<Endpoint> before, Set<Endpoint> after) {
        if (before.isEmpty() && !after.isEmpty()) {
            staleFlows.add(new StaleFlow(listener, null)); // sent past us so far
        }
        before.stream()
                .filter(endpoint -> !after.contains(endpoint))
                .forEach(endpoint -> staleFlows.add(new StaleFlow(listener, endpoint)));
    }

    private void claim(ListenerKey listener, ServiceKey key, boolean wanted) {
        if (wanted) {
            claims.computeIfAbsent(listener, first -> new TreeSet<>()).add(key);
            return;
        }
        SortedSet<ServiceKey> present = claims.getOrDefault(listener, new TreeSet<>());
        present.remove(key);
        if (present.isEmpty()) {
            claims.remove(listener);
        }
    }

    private ListenerRules rules(ListenerKey listener) {
        ServiceKey owner = owner(listener);
        return owner == null
                ? ListenerRules.NONE
                : services.getOrDefault(owner, ServiceRules.NONE)
                        .listeners()
                        .getOrDefault(listener, ListenerRules.NONE);
    }

    /** What a service claims. */
    Set<ListenerKey> listeners(ServiceKey key) {
        return services.getOrDefault(key, ServiceRules.NONE).listeners().keySet();
    }

    /** Where a listener leads; nowhere where it is nobody's. */
    Set<Endpoint> endpoints(ListenerKey listener) {
        return rules(listener).endpoints().keySet();
    }

    /** Who has the listener; null for nobody. */
    @Nullable
    ServiceKey owner(ListenerKey listener) {
        SortedSet<ServiceKey> claimants = claims.get(listener);
        return claimants == null ? null : claimants.first();
    }

    /** Whose such a connection is, and in which cluster it ends; null where no connection is led any more. */
    EndpointCounts.@Nullable Known known(EndpointCounts.Way way) {
        ServiceKey owner = owner(way.listener());
        String cluster = rules(way.listener()).endpoints().get(way.endpoint());
        return owner == null || cluster == null ? null : new EndpointCounts.Known(owner, cluster);
    }

    private void count(String address, int more) {
        int now = virtual.getOrDefault(address, 0) + more;
        Element element = new Element(Skeleton.virtual(Family.of(address)), address, "");
        if (now == 0) {
            virtual.remove(address);
            table.remove(element);
        } else {
            virtual.put(address, now);
            table.put(element);
        }
    }

    /** What is new or different, and null for what is gone. */
    private static <T> Map<String, @Nullable T> difference(Map<String, T> before, Map<String, T> after) {
        Map<String, @Nullable T> difference = new HashMap<>();
        before.keySet().forEach(name -> {
            if (!after.containsKey(name)) {
                difference.put(name, null);
            }
        });
        after.forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                difference.put(name, value);
            }
        });
        return difference;
    }
}
