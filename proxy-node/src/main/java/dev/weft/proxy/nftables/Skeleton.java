package dev.weft.proxy.nftables;

import dev.weft.proxy.balance.KernelHash;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the table has without any service: its sets, its hooks and the chains between them; pure. */
final class Skeleton {
    /** Turns connections away: nothing serves them anywhere. */
    private static final String REFUSE = "refuse";
    /** Where hashes of sources begin: as in listeners. */
    static final String SEED = "0x" + Integer.toHexString(KernelHash.SEED);

    /** An empty chain whose name says how the table is laid out: another layout, another name. */
    static final String FORMAT = "format/2";
    /** How a chain's name begins that says which node the table is of. Nothing leads to it. */
    static final String OWNER = "owner/";
    /** Is in that chain for this alone: who empties the table takes it away, which a look at one chain shows. */
    static final List<String> OWNER_RULES = List.of("return");

    private static final String MASQUERADED = "masqueraded";
    /**
     * For connections that were open when the table came, on a host that tracked none until then: their next packet seems
     * new to the kernel, but opens nothing. Those to this host's addresses are its listeners', and led elsewhere they would
     * be reset.
     */
    private static final String LISTENERS_OWN = "tcp flags & (syn | ack) != syn fib daddr type local return";

    private static final List<String> PROTOCOLS = List.of("tcp", "udp");
    private static final int CLIENTS = 65_535;
    /** Endpoints by listener that are counted; beyond it a connection is led, but not counted by endpoint. */
    private static final int COUNTED = 32_768;
    /** After so long without a connection the kernel's count of an endpoint begins anew. */
    private static final String COUNT_KEPT = "1h";

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

    /** Listeners whose connections keep their source address though they come from outside. */
    static String kept(Family family) {
        return "kept/" + family.digit();
    }

    /** Connections by listener and endpoint, which the kernel fills itself. */
    static String picks(Family family) {
        return "picks/" + family.digit();
    }

    /** Bytes of packets to endpoints, by listener and endpoint, which the kernel fills itself. */
    static String bytesTo(Family family) {
        return "bytes-to/" + family.digit();
    }

    /** Bytes of packets from endpoints, by listener and endpoint, which the kernel fills itself. */
    static String bytesFrom(Family family) {
        return "bytes-from/" + family.digit();
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
    static Map<String, String> sets(NftablesSettings settings) {
        Map<String, String> sets = new LinkedHashMap<>();
        for (Family family : Family.values()) {
            String address = family.addressType();
            String listener = address + " . inet_proto . inet_service";
            sets.put(services(family), "map { type " + listener + " : verdict; counter; }");
            sets.put(refused(family), "set { type " + listener + "; }");
            sets.put(virtual(family), "set { type " + address + "; }");
            sets.put(external(family), "set { type " + listener + "; }");
            sets.put(kept(family), "set { type " + listener + "; }");
            sets.put(shortWay(family), "set { type " + listener + "; }");
            sets.put(hairpin(family), "set { type " + listener + " . " + address + " . " + address + "; }");
            String counted = "set { type " + listener + " . " + address
                    + " . inet_service; flags dynamic,timeout; timeout " + COUNT_KEPT + "; size " + COUNTED + "; }";
            sets.put(picks(family), counted);
            if (settings.countBytes()) {
                sets.put(bytesTo(family), counted);
                sets.put(bytesFrom(family), counted);
            }
            for (String protocol : PROTOCOLS) {
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
     * have been rewritten, and in filter chains: refusals by nat chains do not arrive. Nat chains see a connection's first
     * packet alone, so what is counted there costs the others nothing; one to an endpoint on this host passes input.
     */
    static Map<String, String> hooks() {
        Map<String, String> hooks = new LinkedHashMap<>();
        hooks.put("prerouting", "{ type nat hook prerouting priority -100; policy accept; }");
        hooks.put("output", "{ type nat hook output priority -100; policy accept; }");
        hooks.put("unserved-prerouting", "{ type filter hook prerouting priority -90; policy accept; }");
        hooks.put("unserved-output", "{ type filter hook output priority -90; policy accept; }");
        hooks.put("input", "{ type nat hook input priority 100; policy accept; }");
        hooks.put("postrouting", "{ type nat hook postrouting priority 100; policy accept; }");
        return hooks;
    }

    /** A node's name, as far as it may stand in a chain's. */
    static String ownerName(String node) {
        return node.replaceAll("[^A-Za-z0-9.-]", "_");
    }

    /** What is in that chain where a process says that it programs the table. */
    static List<String> ownerRules(ProcessMark by) {
        return List.of("return", "return comment \"" + by.text() + "\"");
    }

    /** All chains with their rules, in the table of a node. */
    static Map<String, List<String>> chains(NftablesSettings settings, String node) {
        Map<String, List<String>> chains = new LinkedHashMap<>();
        chains.put(FORMAT, List.of());
        chains.put(OWNER + ownerName(node), OWNER_RULES);
        chains.put("prerouting", List.of("jump arriving"));
        chains.put("output", List.of("jump arriving"));
        String notLed = "ct state new ct status ! dnat jump unserved"; // nor what another table has rewritten
        boolean weighed = settings.countBytes();
        String led = "ct status & dnat == dnat ";
        String passing = led + "meta iiftype != loopback jump passing"; // else seen by output already
        chains.put("unserved-prerouting", weighed ? List.of(passing, notLed) : List.of(notLed));
        chains.put("unserved-output", weighed ? List.of(led + "jump passing", notLed) : List.of(notLed));
        List<String> arriving = new ArrayList<>();
        List<String> unserved = new ArrayList<>();
        List<String> arrived = new ArrayList<>();
        List<String> passed = new ArrayList<>();
        List<String> leaving = new ArrayList<>();
        arriving.add(LISTENERS_OWN);
        unserved.add(LISTENERS_OWN);
        for (Family family : Family.values()) {
            String destination = family.keyword() + " daddr";
            arriving.add(destination + " . meta l4proto . th dport vmap @" + services(family));
            unserved.add(destination + " . meta l4proto . th dport @" + refused(family) + " goto " + REFUSE);
            unserved.add(destination + " @" + virtual(family) + " meta l4proto tcp goto " + REFUSE);
            unserved.add(destination + " @" + virtual(family) + " meta l4proto udp goto " + REFUSE);
            String ofFamily = "meta nfproto " + family.protocol() + " goto ";
            leaving.add(led + ofFamily + "leaving/" + family.digit());
            arrived.add(led + ofFamily + "arrived/" + family.digit());
            chains.put(counted(family), counting(family));
            chains.put("arrived/" + family.digit(), ours(family, counted(family)));
            chains.put("outside/" + family.digit(), List.of("jump " + counted(family), "goto " + MASQUERADED));
            if (weighed) {
                passed.add(ofFamily + "passing/" + family.digit());
                chains.put("weighed/" + family.digit(), weighing(family));
                chains.put("passing/" + family.digit(), ours(family, "weighed/" + family.digit()));
            }
            chains.put("leaving/" + family.digit(), leaving(family));
            chains.put("inside/" + family.digit(), inside(family, settings.podNetworks(family)));
        }
        if (weighed) {
            chains.put("passing", passed);
        }
        chains.put("input", arrived);
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

    private static String counted(Family family) {
        return "counted/" + family.digit();
    }

    private static String virtualDestination(Family family) {
        return "ct original " + family.keyword() + " daddr @" + virtual(family) + " goto ";
    }

    /** The listener that a connection came to. */
    private static String listener(Family family) {
        return "ct original " + family.keyword() + " daddr . meta l4proto . ct original proto-dst";
    }

    /** Of connections that were led somewhere, those that we led: others' tables rewrite addresses too. */
    private static List<String> ours(Family family, String next) {
        List<String> rules = new ArrayList<>();
        rules.add(virtualDestination(family) + next);
        for (String protocol : PROTOCOLS) {
            for (String set : List.of(external(family), kept(family))) {
                rules.add("meta l4proto " + protocol + " " + listener(family) + " @" + set + " goto " + next);
            }
        }
        return rules;
    }

    private static List<String> counting(Family family) {
        return PROTOCOLS.stream()
                .map(protocol -> "meta l4proto " + protocol + " " + count(family, protocol, picks(family), "d"))
                .toList();
    }

    private static List<String> weighing(Family family) {
        List<String> rules = new ArrayList<>();
        for (String protocol : PROTOCOLS) {
            String only = "meta l4proto " + protocol + " ct direction ";
            rules.add(only + "original " + count(family, protocol, bytesTo(family), "d"));
            rules.add(only + "reply " + count(family, protocol, bytesFrom(family), "s"));
        }
        return rules;
    }

    /** @param end {@code d} where the endpoint is the destination, {@code s} where it is the source */
    private static String count(Family family, String protocol, String set, String end) {
        return "update @" + set + " { " + listener(family) + " . " + family.keyword() + " " + end + "addr . " + protocol
                + " " + end + "port counter }";
    }

    private static List<String> leaving(Family family) {
        List<String> rules = new ArrayList<>();
        rules.add(virtualDestination(family) + "inside/" + family.digit());
        for (String protocol : PROTOCOLS) {
            String only = "meta l4proto " + protocol + " " + listener(family);
            rules.add(only + " @" + external(family) + " goto outside/" + family.digit());
            rules.add(only + " @" + kept(family) + " jump " + counted(family));
            rules.add(only + " @" + shortWay(family) + " fib saddr type local goto " + MASQUERADED);
        }
        rules.addAll(toThemselves(family));
        return rules;
    }

    private static List<String> toThemselves(Family family) {
        String pair = " . " + family.keyword() + " saddr . " + family.keyword() + " daddr";
        return PROTOCOLS.stream()
                .map(protocol -> "meta l4proto " + protocol + " " + listener(family) + pair + " @" + hairpin(family)
                        + " goto " + MASQUERADED)
                .toList();
    }

    /**
     * Connections to a cluster IP. A source that is itself a virtual address is this host's, where a local route for the
     * range chose it. The host's own need no masquerade; nor do Pods, whose answers pass here anyway; all others do.
     */
    private static List<String> inside(Family family, List<String> podNetworks) {
        String source = family.keyword() + " saddr";
        List<String> rules = new ArrayList<>();
        rules.add("jump " + counted(family));
        rules.addAll(toThemselves(family));
        rules.add(source + " @" + virtual(family) + " goto " + MASQUERADED);
        rules.add("fib saddr type local return");
        if (!podNetworks.isEmpty()) {
            rules.add(source + " { " + String.join(", ", disjoint(podNetworks)) + " } return");
        }
        rules.add("goto " + MASQUERADED);
        return rules;
    }
}
