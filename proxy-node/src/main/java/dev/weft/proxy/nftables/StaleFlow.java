package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A flow of datagrams that the kernel remembers, though it would choose otherwise today.
 *
 * @param endpoint where it goes; null for wherever it went before the listener had endpoints
 */
record StaleFlow(ListenerKey listener, @Nullable Endpoint endpoint) {

    /** Those of all flows that lead from one of these listeners to none of its endpoints. */
    static Set<StaleFlow> among(List<TrackedFlow> flows, Map<ListenerKey, Set<Endpoint>> endpoints) {
        return flows.stream()
                .filter(flow -> {
                    Set<Endpoint> known = endpoints.get(flow.to());
                    return known != null && !known.contains(flow.from());
                })
                .map(flow -> new StaleFlow(flow.to(), flow.from()))
                .collect(Collectors.toSet());
    }

    /** How the command {@code conntrack} is asked to forget it. */
    List<String> forget() {
        return endpoint == null
                ? toListener()
                : toListener("--reply-src", endpoint.address(), "--reply-port-src", Integer.toString(endpoint.port()));
    }

    /**
     * How it is asked to forget what may have come to be before the node's own socket was closed: a flow of a datagram that
     * came by then, and one that begins with the last answer, by which the client's next datagrams would be led back.
     */
    List<List<String>> forgetRemnants() {
        return List.of(
                toListener("--reply-src", listener.address()),
                with("--orig-src", listener.address(), "--orig-port-src", Integer.toString(listener.port())));
    }

    private List<String> toListener(String... more) {
        List<String> command =
                with("--orig-dst", listener.address(), "--orig-port-dst", Integer.toString(listener.port()));
        command.addAll(List.of(more));
        return command;
    }

    private List<String> with(String... more) {
        List<String> command = new ArrayList<>(
                List.of("conntrack", "-D", "-f", Family.of(listener.address()).protocol(), "-p", "udp"));
        command.addAll(List.of(more));
        return command;
    }
}
