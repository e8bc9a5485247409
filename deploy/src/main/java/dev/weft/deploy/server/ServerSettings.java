package dev.weft.deploy.server;

import dev.weft.deploy.terminal.CommandFailed;
import dev.weft.deploy.terminal.Expected;
import dev.weft.gossip.HostPort;
import dev.weft.proxy.nftables.ProxyMode;
import dev.weft.registry.ClusterConfig;
import dev.weft.registry.journal.StoreAddress;
import dev.weft.registry.resource.Cidr;
import dev.weft.registry.resource.IpAddress;
import dev.weft.registry.resource.NetworkRanges;
import dev.weft.registry.resource.PortRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server is asked to be, checked: whoever holds one holds a request that makes sense.
 *
 * @param cluster the cluster's name: a DNS label, at most 63 characters
 * @param node this process's name: a DNS name
 * @param zone where it stands; empty if nobody said
 * @param data where it keeps what must outlive it
 * @param addresses where it listens and whom it joins
 * @param ranges the addresses that the cluster gives out
 * @param nodePorts the node ports that it gives out; empty for what is configured
 * @param config a file that overrides the defaults
 * @param proxy whether a proxy-node runs inside
 * @param store the database that the processes of the cluster share; empty where one process keeps the data in a store of
 *     its own
 * @param protection who reaches the API, and how
 * @param peers how it meets the other processes of its cluster
 */
public record ServerSettings(
        String cluster,
        String node,
        String zone,
        Path data,
        Addresses addresses,
        NetworkRanges ranges,
        Optional<PortRange> nodePorts,
        Optional<Path> config,
        boolean proxy,
        Optional<StoreAddress> store,
        Protection protection,
        ClusterPeers peers) {

    /**
     * Where a server listens and whom it joins.
     *
     * @param api the REST API
     * @param gossip other clusters
     * @param akka other processes of this cluster; port 0 for any free one
     * @param join members of the federation
     * @param seeds processes of this cluster; empty for the first one
     * @param dns where the proxy-node answers DNS, {@code HOST:PORT} or {@code off}; empty for what is configured
     * @param mode how the proxy-node serves services; empty for what is configured
     */
    public record Addresses(
            HostPort api,
            HostPort gossip,
            HostPort akka,
            List<HostPort> join,
            List<HostPort> seeds,
            Optional<String> dns,
            Optional<String> mode) {
        public Addresses {
            dns.ifPresent(ServerSettings::requireDns);
            mode.ifPresent(ServerSettings::requireMode);
            join = List.copyOf(join);
            seeds = List.copyOf(seeds);
        }

        /** The same with a proxy-node in the mode that is configured. */
        public Addresses(
                HostPort api,
                HostPort gossip,
                HostPort akka,
                List<HostPort> join,
                List<HostPort> seeds,
                Optional<String> dns) {
            this(api, gossip, akka, join, seeds, dns, Optional.empty());
        }
    }

    /** @throws CommandFailed as wrong usage, with the first thing that makes no sense */
    public ServerSettings {
        Expected.label("--cluster", cluster);
        Expected.name("--node", node);
        Expected.labelValue("--zone", zone);
        if (!protection.mayLeaveLoopback()) {
            requireLoopback("--api", addresses.api());
        }
        if (peers.tls().isEmpty()) {
            requireLoopback("--akka", addresses.akka());
            peers.management().ifPresent(address -> requireLoopback("--management", address));
        }
        if (peers.bootstrap().isPresent() && !addresses.seeds().isEmpty()) {
            throw CommandFailed.usage("--seed and --bootstrap: give one of them; both say where the others are");
        }
        requireDistinct(addresses);
        requireApart(ranges);
    }

    /** The same with an API that is open, on loopback. */
    public ServerSettings(
            String cluster,
            String node,
            String zone,
            Path data,
            Addresses addresses,
            NetworkRanges ranges,
            Optional<Path> config,
            boolean proxy) {
        this(
                cluster,
                node,
                zone,
                data,
                addresses,
                ranges,
                Optional.empty(),
                config,
                proxy,
                Optional.empty(),
                Protection.OPEN,
                ClusterPeers.OPEN);
    }

    /** @throws CommandFailed as wrong usage, if it is neither an address nor {@code off} */
    static void requireDns(String dns) {
        if (!dns.equals("off")) {
            try {
                HostPort.parse(dns);
            } catch (IllegalArgumentException e) {
                throw CommandFailed.usage("--dns " + e.getMessage() + ", or off");
            }
        }
    }

    /** @throws CommandFailed as wrong usage, if there is no such mode */
    static void requireMode(String mode) {
        if (ProxyMode.named(mode).isEmpty()) {
            throw CommandFailed.usage("--mode " + mode + ": it is auto, userspace or nftables");
        }
    }

    /** What this process keeps of the cluster's data: without a shared store, the one that began the cluster keeps all. */
    public ClusterConfig.Holding holding() {
        if (store.isPresent()) {
            return ClusterConfig.Holding.SHARED;
        }
        return addresses.seeds().isEmpty() && peers.bootstrap().isEmpty()
                ? ClusterConfig.Holding.EMBEDDED
                : ClusterConfig.Holding.NOTHING;
    }

    /** Whether this process keeps some of the cluster's data. */
    public boolean holdsShards() {
        return holding() != ClusterConfig.Holding.NOTHING;
    }

    /** Whether there is a cluster to join again when this process was put out of it. */
    public boolean joinsAgain() {
        return holding() != ClusterConfig.Holding.EMBEDDED;
    }

    /**
     * Reads the ranges as the user wrote them, several with commas between them.
     *
     * @throws CommandFailed as wrong usage
     */
    public static NetworkRanges ranges(String serviceCidrs, String clusterSetCidrs) {
        return new NetworkRanges(
                rangesOf("--service-cidr", serviceCidrs),
                rangesOf("--clusterset-cidr", clusterSetCidrs),
                PortRange.KUBERNETES_NODE_PORTS);
    }

    /**
     * Reads the range of node ports as the user wrote it.
     *
     * @throws CommandFailed as wrong usage
     */
    public static PortRange nodePorts(String range) {
        try {
            return PortRange.of(range);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage("--node-port-range " + e.getMessage());
        }
    }

    private static List<Cidr> rangesOf(String flag, String text) {
        List<Cidr> ranges = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            Cidr range = range(flag, one);
            if (ranges.stream().anyMatch(other -> overlap(other, range))) {
                throw CommandFailed.usage(flag + " " + text + ": " + range + " overlaps with another of its ranges");
            }
            ranges.add(range);
        }
        return ranges;
    }

    private static boolean overlap(Cidr one, Cidr other) {
        return one.contains(other.first()) || other.contains(one.first());
    }

    private static Cidr range(String flag, String text) {
        Cidr cidr = Cidr.parse(text)
                .orElseThrow(() -> CommandFailed.usage(
                        flag + " " + text + ": expected a range like 127.96.0.0/16: an address, '/', a prefix length"));
        if (!text.startsWith(cidr.first() + "/")) {
            throw CommandFailed.usage(
                    flag + " " + text + ": the address has bits behind the prefix; did you mean " + cidr + "?");
        }
        int hostBits = cidr.family().bits() - cidr.prefix();
        if (hostBits < 4 || (hostBits > 24 && cidr.family() == IpAddress.Family.IPv4)) {
            throw CommandFailed.usage(flag + " " + text + ": expected a prefix from /8 to /28 (IPv6: up to /124)");
        }
        return cidr;
    }

    private static void requireApart(NetworkRanges ranges) {
        for (Cidr services : ranges.serviceCidrs()) {
            for (Cidr imports : ranges.clusterSetCidrs()) {
                if (overlap(services, imports)) {
                    throw CommandFailed.usage("--service-cidr " + services + " and --clusterset-cidr " + imports
                            + " overlap; choose ranges that have no address in common");
                }
            }
        }
    }

    private static void requireDistinct(Addresses addresses) {
        boolean free = addresses.api().port() == 0;
        if (!free && addresses.api().equals(addresses.gossip())) {
            throw CommandFailed.usage(
                    "--api and --gossip both say " + addresses.api() + "; give each a port of its own");
        }
    }

    private static String remedy(String flag) {
        return switch (flag) {
            case "--api" -> "give --tls auto, or ";
            case "--akka", "--management" -> "give --akka-tls-cert, --akka-tls-key and --akka-tls-ca, or ";
            default -> "";
        };
    }

    /** What is not encrypted or does not ask who calls must stay on this machine. */
    private static void requireLoopback(String flag, HostPort address) {
        try {
            for (InetAddress resolved : InetAddress.getAllByName(address.host())) {
                if (!resolved.isLoopbackAddress()) {
                    throw CommandFailed.usage(flag + " " + address
                            + ": listening beyond loopback needs TLS and authentication, which are not configured; "
                            + remedy(flag)
                            + "choose an address in 127.0.0.0/8 or [::1]");
                }
            }
        } catch (UnknownHostException e) {
            throw CommandFailed.usage(flag + " " + address + ": nobody knows a host of that name");
        }
    }
}
