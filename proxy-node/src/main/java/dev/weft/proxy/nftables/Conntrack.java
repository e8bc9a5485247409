package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.view.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the kernel remembers of connections and flows, by the command {@code conntrack}. For one thread at a time. */
final class Conntrack {
    private static final Logger LOG = LoggerFactory.getLogger(Conntrack.class);
    private static final String PROGRAM = "conntrack";

    private final Commands commands;
    private boolean toldMissing;

    Conntrack(Commands commands) {
        this.commands = commands;
    }

    /**
     * Has the kernel forget datagram flows that lead where they should not any more.
     *
     * @return those that are to be looked for again once listeners have closed, with {@link #forgetRemnants}
     */
    List<StaleFlow> forget(Set<StaleFlow> stale) {
        if (stale.isEmpty() || isMissing()) {
            return List.of();
        }
        stale.forEach(flow -> forget(flow, flow.forget()));
        return stale.stream().filter(flow -> flow.endpoint() == null).toList();
    }

    /**
     * The same where it is not known which endpoints are gone: of all flows to these listeners, those go that no endpoint
     * of today answers. One command a family, however many listeners there are.
     */
    void forgetAllBut(Map<ListenerKey, Set<Endpoint>> endpoints) {
        Set<Family> families = endpoints.keySet().stream()
                .map(listener -> Family.of(listener.address()))
                .collect(Collectors.toSet());
        if (families.isEmpty() || isMissing()) {
            return;
        }
        for (Family family : families) {
            commands.run(TrackedFlow.list(family, Protocol.UDP), "").whenComplete((listed, failure) -> {
                if (failure != null || !listed.done()) {
                    LOG.warn(
                            "the UDP flows of {} could not be listed ({}): those to endpoints that went while no"
                                    + " proxy-node was here last until their clients fall silent",
                            family.protocol(),
                            failure != null ? failure : listed.summary());
                    return;
                }
                StaleFlow.among(TrackedFlow.read(listed.text(), Protocol.UDP), endpoints)
                        .forEach(flow -> forget(flow, flow.forget()));
            });
        }
    }

    /** Has the kernel forget what listeners have left behind that closed only after it took over. */
    void forgetRemnants(List<StaleFlow> flows) {
        flows.forEach(flow -> flow.forgetRemnants().forEach(command -> forget(flow, command)));
    }

    /** Whether there is that command. */
    boolean isThere() {
        return commands.has(PROGRAM);
    }

    /** TCP connections that are open, and whose destination was rewritten by whomever; null when they cannot be listed. */
    CompletionStage<@Nullable List<TrackedFlow>> connections() {
        return connections("--dst-nat");
    }

    /**
     * Those of which the source alone was: where nat chains stand, the kernel gives a connection another port whose own one
     * is that of a masqueraded connection, whoever has opened it. Null when they cannot be listed.
     */
    CompletionStage<@Nullable List<TrackedFlow>> moved() {
        return connections("--src-nat")
                .thenApply(all -> all == null
                        ? null
                        : all.stream()
                                .filter(flow -> flow.from()
                                        .equals(new Endpoint(
                                                flow.to().address(), flow.to().port())))
                                .toList());
    }

    private CompletionStage<@Nullable List<TrackedFlow>> connections(String translated) {
        return connections(Family.IPV4, translated).thenCombine(connections(Family.IPV6, translated), (four, six) -> {
            if (four == null || six == null) {
                return null;
            }
            List<TrackedFlow> both = new ArrayList<>(four);
            both.addAll(six);
            return both;
        });
    }

    private CompletionStage<@Nullable List<TrackedFlow>> connections(Family family, String translated) {
        return commands.run(TrackedFlow.list(family, Protocol.TCP, "--state", "ESTABLISHED", translated), "")
                .thenApply(listed -> listed.done() ? TrackedFlow.read(listed.text(), Protocol.TCP) : null);
    }

    private boolean isMissing() {
        boolean missing = !isThere();
        if (missing && !toldMissing) {
            toldMissing = true;
            LOG.info("without the command conntrack (Debian's package of that name), UDP flows to endpoints that"
                    + " are gone last until their clients fall silent");
        }
        return missing;
    }

    private void forget(StaleFlow flow, List<String> command) {
        commands.run(command, "").whenComplete((output, failure) -> {
            if (failure != null || output.status() == Commands.Output.NOT_RUN) {
                LOG.warn("the UDP flows of {} could not be forgotten", flow.listener());
            }
        });
    }
}
