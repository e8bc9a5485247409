package dev.weft.proxy.nftables;

import dev.weft.proxy.dataplane.ListenerKey;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.view.Protocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel remembers of one connection, or of one flow of datagrams.
 *
 * @param to where its client has sent it
 * @param from whose answers are its answers
 */
record TrackedFlow(ListenerKey to, Endpoint from) {

    /** How the command {@code conntrack} is asked for all of them; {@code more} narrows it down. */
    static List<String> list(Family family, Protocol protocol, String... more) {
        List<String> command = new ArrayList<>(
                List.of("conntrack", "-L", "-f", family.protocol(), "-p", protocol == Protocol.UDP ? "udp" : "tcp"));
        command.addAll(List.of(more));
        return command;
    }

    /**
     * Reads what it prints: a line each, which has addresses and ports of the way there first, of the way back then. A line
     * of another form is left out, as that is by which it tells how many it has printed.
     */
    static List<TrackedFlow> read(String listing, Protocol protocol) {
        List<TrackedFlow> flows = new ArrayList<>();
        listing.lines().forEach(line -> {
            TrackedFlow flow = flow(line, protocol);
            if (flow != null) {
                flows.add(flow);
            }
        });
        return flows;
    }

    private static @Nullable TrackedFlow flow(String line, Protocol protocol) {
        List<String> words = List.of(line.strip().split("\\s+", -1));
        List<String> sources = values(words, "src=");
        List<String> destinations = values(words, "dst=");
        List<String> sourcePorts = values(words, "sport=");
        List<String> ports = values(words, "dport=");
        if (sources.size() != 2 || destinations.size() != 2 || sourcePorts.size() != 2 || ports.size() != 2) {
            return null;
        }
        try {
            return new TrackedFlow(
                    new ListenerKey(destinations.get(0), Integer.parseInt(ports.get(0)), protocol),
                    new Endpoint(sources.get(1), Integer.parseInt(sourcePorts.get(1))));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static List<String> values(List<String> words, String name) {
        return words.stream()
                .filter(word -> word.startsWith(name))
                .map(word -> word.substring(name.length()))
                .toList();
    }
}
