package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A flow of datagrams that the kernel remembers, though it would choose otherwise today.
 *
 * @param endpoint where it goes; null for wherever it went before the listener had endpoints
 */
record StaleFlow(ListenerKey listener, @Nullable Endpoint endpoint) {

    /** How the command {@code conntrack} is asked to forget it. */
    List<String> forget() {
        List<String> command = new ArrayList<>(List.of(
                "conntrack",
                "-D",
                "-f",
                Family.of(listener.address()).protocol(),
                "-p",
                "udp",
                "--orig-dst",
                listener.address(),
                "--orig-port-dst",
                Integer.toString(listener.port())));
        if (endpoint != null) {
            command.addAll(
                    List.of("--reply-src", endpoint.address(), "--reply-port-src", Integer.toString(endpoint.port())));
        }
        return command;
    }
}
