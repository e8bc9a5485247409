package dev.weft.proxy.nftables;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.nftables.ListenerRules.Element;
import dev.weft.proxy.nftables.ListenerRules.Endpoint;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The chains that lead one service's connections to its endpoints, collected while it is compiled.
 *
 * <p>Shared chains serve every service with as many places, by a map with a key for each place; they are what most
 * services use. Chains of a service's own are for what needs memory of its own: taking turns, and session affinity.
 */
final class Routes {
    private final ServiceEntry entry;
    private final Algorithm algorithm;
    private final boolean ownTurns;
    private final @Nullable Duration affinity;
    private final Map<String, List<String>> chains = new HashMap<>();
    private final Map<String, String> sets = new HashMap<>();
    private final Map<String, List<String>> shared = new HashMap<>();
    private int turns;

    Routes(ServiceEntry entry, Algorithm algorithm, boolean ownTurns) {
        this.entry = entry;
        this.algorithm = algorithm;
        this.ownTurns = ownTurns;
        this.affinity = entry.affinityTimeout();
    }

    /** One port of the service, as traffic of one family and policy sees it. */
    record Port(Family family, String protocol, ServicePort port, TrafficPolicy policy) {
        private String suffix(ServiceEntry entry) {
            return Routes.suffix(family, protocol, entry.key(), port) + "/"
                    + policy.name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param elements what a listener needs besides, to be led by the chain */
    record Route(String chain, List<Element> elements) {}

    Map<String, List<String>> chains() {
        return chains;
    }

    Map<String, String> sets() {
        return sets;
    }

    Map<String, List<String>> shared() {
        return shared;
    }

    int turns() {
        return turns;
    }

    /**
     * The way to these endpoints.
     *
     * @param listener address and port, as they begin the keys of endpoints
     */
    Route lead(Port port, List<Candidate> candidates, String listener) {
        if (affinity != null) {
            return new Route(sticky(port, candidates, affinity), List.of());
        }
        List<Candidate> places = Rotation.places(algorithm, candidates);
        if (places.isEmpty()) {
            return new Route(shares(port, candidates), List.of());
        }
        List<Element> elements = new ArrayList<>();
        for (int place = 0; place < places.size(); place++) {
            elements.add(new Element(
                    Skeleton.endpoints(port.family(), port.protocol()),
                    listener + " . " + place,
                    value(places.get(place))));
        }
        boolean inTurn = places.size() > 1 && Rotation.byTurns(algorithm) && ownTurns;
        return new Route(inTurn ? turn(port, places.size()) : common(port, places.size()), elements);
    }

    /** The way to these endpoints by chains of the service's own, for a listener that leads others elsewhere. */
    String leadApart(Port port, List<Candidate> candidates) {
        if (affinity != null) {
            return sticky(port, candidates, affinity);
        }
        List<Candidate> places = Rotation.places(algorithm, candidates);
        if (places.isEmpty()) {
            return shares(port, candidates);
        }
        boolean inTurn = places.size() > 1 && Rotation.byTurns(algorithm) && ownTurns;
        String chain = "apart/" + port.suffix(entry);
        String choice = generator(port.family(), places.size(), !inTurn);
        String rule = rewrite(port, choice + " map { " + listed(places, Routes::value) + " }");
        if (chains.put(chain, List.of(rule)) == null && inTurn) {
            turns++;
        }
        return chain;
    }

    /** A chain that leads sources of this host and its Pods by another (rule KP-1). */
    String shortWay(Port port, List<String> podNetworks, String own, String verdict) {
        String chain = "own/" + port.suffix(entry);
        List<String> rules = new ArrayList<>();
        if (!podNetworks.isEmpty()) {
            String pods = String.join(", ", Skeleton.disjoint(podNetworks));
            rules.add(port.family().keyword() + " saddr { " + pods + " } goto " + own);
        }
        rules.add("fib saddr type local goto " + own);
        rules.add(verdict);
        chains.put(chain, rules);
        return chain;
    }

    /** A chain that lets only the allowed sources on. */
    String allowed(Family family, String protocol, ServicePort port, String verdict) {
        String chain = "allowed/" + suffix(family, protocol, entry.key(), port);
        List<String> ranges = Networks.of(family, entry.sourceRanges());
        List<String> rules = new ArrayList<>();
        if (ranges.isEmpty()) {
            rules.add("drop");
        } else if (ranges.stream().noneMatch(range -> range.endsWith("/0"))) {
            rules.add(family.keyword() + " saddr != { " + String.join(", ", Skeleton.disjoint(ranges)) + " } drop");
        }
        rules.add(verdict);
        chains.put(chain, rules);
        return chain;
    }

    private static String suffix(Family family, String protocol, ServiceKey key, ServicePort port) {
        String name = port.name().isEmpty() ? Integer.toString(port.port()) : port.name();
        return family.digit() + "/" + protocol + "/" + key.kind().name().toLowerCase(Locale.ROOT) + "/"
                + key.namespace() + "/" + key.name() + "/" + name;
    }

    private String common(Port port, int places) {
        boolean bySource = algorithm == Algorithm.SOURCE_IP_HASH;
        String chain =
                (bySource ? "source/" : "random/") + port.family().digit() + "/" + port.protocol() + "/" + places;
        shared.put(chain, List.of(byListener(port, generator(port.family(), places, true))));
        return chain;
    }

    /** Its rule counts for this service alone; it changes only with the number of places, not with who has them. */
    private String turn(Port port, int places) {
        String chain = "turn/" + port.suffix(entry);
        if (chains.put(chain, List.of(byListener(port, generator(port.family(), places, false)))) == null) {
            turns++;
        }
        return chain;
    }

    private String byListener(Port port, String place) {
        String key = port.family().keyword() + " daddr . " + port.protocol() + " dport . " + place;
        return rewrite(port, key + " map @" + Skeleton.endpoints(port.family(), port.protocol()));
    }

    /** Exact shares by chance, for weights whose cycle is too long to be laid out. */
    private String shares(Port port, List<Candidate> candidates) {
        String chain = "share/" + port.suffix(entry);
        chains.put(chain, List.of(rewrite(port, ranges(candidates, Routes::value) + " }")));
        return chain;
    }

    /** Rule KP-10. Each endpoint remembers its clients in a set that the kernel fills and empties. */
    private String sticky(Port port, List<Candidate> candidates, Duration timeout) {
        String chain = "sticky/" + port.suffix(entry);
        List<String> rules = new ArrayList<>();
        String source = port.family().keyword() + " saddr";
        for (Candidate candidate : candidates) {
            String own = endpointChain(port, candidate, timeout);
            rules.add(source + " @" + own + " goto " + own);
        }
        List<Candidate> places = Rotation.places(algorithm, candidates);
        Function<Candidate, String> jump = candidate -> "goto " + endpointName(port, candidate);
        rules.add(
                places.isEmpty()
                        ? ranges(candidates, jump).replace(" map {", " vmap {") + " }"
                        : generator(port.family(), places.size(), false) + " vmap { " + listed(places, jump) + " }");
        chains.put(chain, rules);
        return chain;
    }

    private String endpointChain(Port port, Candidate candidate, Duration timeout) {
        String name = endpointName(port, candidate);
        String source = port.family().keyword() + " saddr";
        Endpoint endpoint = ServiceCompiler.endpoint(candidate);
        String host = port.family() == Family.IPV6 ? "[" + endpoint.address() + "]" : endpoint.address();
        sets.put(name, Skeleton.clients(port.family()));
        chains.put(
                name,
                List.of(
                        "update @" + name + " { " + source + " timeout " + Math.max(1, timeout.toSeconds()) + "s }",
                        rewrite(port, host + ":" + endpoint.port())));
        return name;
    }

    /** A chain and the set of the clients that it has led may have the same name. */
    private String endpointName(Port port, Candidate candidate) {
        return "client/" + suffix(port.family(), port.protocol(), entry.key(), port.port()) + "/"
                + ServiceCompiler.endpoint(candidate).address().replace(':', '_') + "/" + candidate.port();
    }

    private String ranges(List<Candidate> candidates, Function<Candidate, String> value) {
        StringBuilder text = new StringBuilder();
        long cycle = Rotation.cycle(candidates);
        long total = candidates.stream().mapToLong(Candidate::weight).sum();
        long from = 0;
        for (Candidate candidate : candidates) {
            long to = from + candidate.weight() * cycle / total;
            text.append(from == 0 ? "" : ", ").append(from);
            text.append(to - 1 > from ? "-" + (to - 1) : "").append(" : ").append(value.apply(candidate));
            from = to;
        }
        return "numgen random mod " + cycle + " map { " + text;
    }

    private String generator(Family family, int places, boolean shareable) {
        if (algorithm == Algorithm.SOURCE_IP_HASH && places > 1) {
            return "jhash " + family.keyword() + " saddr mod " + places + " seed " + Skeleton.SEED;
        }
        return "numgen " + (Rotation.byTurns(algorithm) && !shareable ? "inc" : "random") + " mod " + places;
    }

    private static String rewrite(Port port, String target) {
        return "meta l4proto " + port.protocol() + " dnat " + port.family().keyword() + " to " + target;
    }

    private static String listed(List<Candidate> places, Function<Candidate, String> value) {
        StringBuilder text = new StringBuilder();
        for (int place = 0; place < places.size(); place++) {
            text.append(place == 0 ? "" : ", ").append(place).append(" : ").append(value.apply(places.get(place)));
        }
        return text.toString();
    }

    private static String value(Candidate candidate) {
        Endpoint endpoint = ServiceCompiler.endpoint(candidate);
        return endpoint.address() + " . " + endpoint.port();
    }
}
