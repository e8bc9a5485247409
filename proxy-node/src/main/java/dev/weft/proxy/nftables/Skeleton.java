package dev.weft.proxy.nftables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the table has without any service: its sets, its hooks and the chains between them; pure. */
final class Skeleton {
    /** Turns connections away: nothing serves them anywhere. */
    private static final String REFUSE = "refuse";
    /** Any number; all nodes need the same, so that they lead a client alike. */
    static final String SEED = "0x77656674";

    /** An empty chain whose name says how the table is laid out: another layout, another name. */
    static final String FORMAT = "format/2";
    /** How an empty chain's name begins that says which node the table is of. */
    static final String OWNER = "owner/";

    private static final String MASQUERADED = "masqueraded";
    private static final int CLIENTS = 65_535;

    private Skeleton() {}

    /** From address, protocol and port to what is to be done. */
    static String services(Family family) {
        return "services/" + family.digit();
    }

    /** From a listener's address and port and a place to an endpoint. */
    static String endpoints(Family family, String protocol) {
        return "endpoints/" + family.digit() + "/" + protocol;
    }

    /** Listeners that nothing serves anywhere. */
    static String refused(Family family) {
        return "refused/" + family.digit();
    }

    /** Addresses that are a service's on every port: on one without a listener, connections are refused. */
    static String virtual(Family family) {
        return "virtual/" + family.digit();
    }

    /** Listeners whose connections must seem to come from this host. */
    static String external(Family family) {
        return "external/" + family.digit();
    }

    /** Listeners that lead this host's own connections to other endpoints than those of others (rule KP-1). */
    static String shortWay(Family family) {
        return "short/" + family.digit();
    }

    /** Listener, endpoint and the same endpoint again, of those on this node. */
    static String hairpin(Family family) {
        return "hairpin/" + family.digit();
    }

    /** How a set of clients is declared. A client beyond its size is led, but not remembered. */
    static String clients(Family family) {
        return "set { type " + family.addressType() + "; flags dynamic,timeout; size " + CLIENTS + "; }";
    }

    /** Declarations by name. A port's type is that of a header field, since that of a place has no name of its own. */
    static Map<String, String> sets() {
        Map<String, String> sets = new LinkedHashMap<>();
        for (Family family : Family.values()) {
            String address = family.addressType();
            String listener = address + " . inet_proto . inet_service";
            sets.put(services(family), "map { type " + listener + " : verdict; counter; }");
            sets.put(refused(family), "set { type " + listener + "; }");
            sets.put(virtual(family), "set { type " + address + "; }");
            sets.put(external(family), "set { type " + listener + "; }");
            sets.put(shortWay(family), "set { type " + listener + "; }");
            sets.put(hairpin(family), "set { type " + listener + " . " + address + " . " + address + "; }");
            for (String protocol : List.of("tcp", "udp")) {
                String place = family.keyword() + " daddr . " + protocol + " dport";
                sets.put(
                        endpoints(family, protocol),
                        "map { typeof " + place + " . numgen random mod 2 : " + place + "; }");
            }
        }
        return sets;
    }

    /**
     * How the chains begin that the kernel enters by itself. What is to be refused is found after the addresses of the rest
     * have been rewritten, and in filter chains: refusals by nat chains do not arrive.
     */
    static Map<String, String> hooks() {
        Map<String, String> hooks = new LinkedHashMap<>();
        hooks.put("prerouting", "{ type nat hook prerouting priority -100; policy accept; }");
        hooks.put("output", "{ type nat hook output priority -100; policy accept; }");
        hooks.put("unserved-prerouting", "{ type filter hook prerouting priority -90; policy accept; }");
        hooks.put("unserved-output", "{ type filter hook output priority -90; policy accept; }");
        hooks.put("postrouting", "{ type nat hook postrouting priority 100; policy accept; }");
        return hooks;
    }

    /** A node's name, as far as it may stand in a chain's. */
    static String ownerName(String node) {
        return node.replaceAll("[^A-Za-z0-9.-]", "_");
    }

    /** All chains with their rules, in the table of a node. */
    static Map<String, List<String>> chains(NftablesSettings settings, String node) {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        chains.put(FORMAT, List.of());
        chains.put(OWNER + ownerName(node), List.of());
        chains.put("prerouting", List.of("jump arriving"));
        chains.put("output", List.of("jump arriving"));
        String notLed = "ct state new ct status ! dnat jump unserved"; // nor what another table has rewritten
        chains.put("unserved-prerouting", List.of(notLed));
        chains.put("unserved-output", List.of(notLed));
        List<String> arriving = new ArrayList<>();
        List<String> unserved = new ArrayList<>();
        List<String> leaving = new ArrayList<>();
        for (Family family : Family.values()) {
            String destination = family.keyword() + " daddr";
            arriving.add(destination + " . meta l4proto . th dport vmap @" + services(family));
            unserved.add(destination + " . meta l4proto . th dport @" + refused(family) + " goto " + REFUSE);
            unserved.add(destination + " @" + virtual(family) + " meta l4proto tcp goto " + REFUSE);
            unserved.add(destination + " @" + virtual(family) + " meta l4proto udp goto " + REFUSE);
            leaving.add(
                    "ct status & dnat == dnat meta nfproto " + family.protocol() + " goto leaving/" + family.digit());
            chains.put("leaving/" + family.digit(), leaving(family));
            chains.put("inside/" + family.digit(), inside(family, settings.podNetworks(family)));
        }
        chains.put("postrouting", leaving);
        chains.put("arriving", arriving);
        chains.put("unserved", unserved);
        chains.put(REFUSE, List.of("meta l4proto tcp reject with tcp reset", "reject"));
        chains.put(MASQUERADED, List.of("masquerade fully-random"));
        return chains;
    }

    /** Ranges of which none lies within another, as an interval set needs them. */
    static List<String> disjoint(List<String> ranges) {
        return ranges.stream()
                .filter(range -> ranges.stream().noneMatch(other -> !other.equals(range) && within(range, other)))
                .toList();
    }

    private static boolean within(String range, String other) {
        String length = other.substring(other.indexOf('/') + 1);
        String address = range.substring(0, range.indexOf('/'));
        int own = Integer.parseInt(range.substring(range.indexOf('/') + 1));
        return own > Integer.parseInt(length) && other.equals(Networks.canonical(address + "/" + length));
    }

    private static List<String> leaving(Family family) {
        String original = "ct original " + family.keyword() + " daddr";
        String listener = original + " . meta l4proto . ct original proto-dst";
        List<String> rules = new ArrayList<>();
        rules.add(original + " @" + virtual(family) + " goto inside/" + family.digit());
        for (String protocol : List.of("tcp", "udp")) {
            String only = "meta l4proto " + protocol + " ";
            rules.add(only + listener + " @" + external(family) + " goto " + MASQUERADED);
            rules.add(only + listener + " @" + shortWay(family) + " fib saddr type local goto " + MASQUERADED);
        }
        rules.addAll(toThemselves(family));
        return rules;
    }

    private static List<String> toThemselves(Family family) {
        String listener = "ct original " + family.keyword() + " daddr . meta l4proto . ct original proto-dst";
        String pair = " . " + family.keyword() + " saddr . " + family.keyword() + " daddr";
        return Stream.of("tcp", "udp")
                .map(protocol -> "meta l4proto " + protocol + " " + listener + pair + " @" + hairpin(family) + " goto "
                        + MASQUERADED)
                .toList();
    }

    /**
     * Connections to a cluster IP. A source that is itself a virtual address is this host's, where a local route for the
     * range chose it. The host's own need no masquerade; nor do Pods, whose answers pass here anyway; all others do.
     */
    private static List<String> inside(Family family, List<String> podNetworks) {
        String source = family.keyword() + " saddr";
        List<String> rules = new ArrayList<>(toThemselves(family));
        rules.add(source + " @" + virtual(family) + " goto " + MASQUERADED);
        rules.add("fib saddr type local return");
        if (!podNetworks.isEmpty()) {
            rules.add(source + " { " + String.join(", ", disjoint(podNetworks)) + " } return");
        }
        rules.add("goto " + MASQUERADED);
        return rules;
    }
}
