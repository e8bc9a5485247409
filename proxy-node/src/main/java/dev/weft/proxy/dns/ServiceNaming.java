package dev.weft.proxy.dns;

import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServiceKey;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the records of one service from its picture; pure. Each step cites its rule. */
final class ServiceNaming {
    private static final ByteKey SELF = new ByteKey(new byte[0]);
    private static final byte[] SVC = DnsName.labels("svc");
    /** What CoreDNS gives all records of a name together; a lone one gets it whole. */
    private static final int WHOLE_WEIGHT = 100;

    private final Zones zones;
    private final RecordEncoding encoding;

    ServiceNaming(Zones zones, long ttlSeconds) {
        this.zones = zones;
        this.encoding = new RecordEncoding(ttlSeconds);
    }

    RecordEncoding encoding() {
        return encoding;
    }

    /** Null for a service that is not declared, or whose name cannot stand in DNS. */
    @Nullable
    ServiceRecords of(ServicePicture picture, NodeIdentity node) {
        ServiceEntry entry = picture.entry();
        if (entry == null) {
            return null;
        }
        try {
            return picture.key().kind() == ServiceKey.Kind.IMPORT
                    ? imported(entry, EndpointNames.of(picture, node))
                    : service(entry, entry.headless() ? EndpointNames.of(picture, node) : List.of());
        } catch (IllegalArgumentException e) {
            return null; // a label longer than DNS has; an API server admits none
        }
    }

    private ServiceRecords service(ServiceEntry entry, List<NamedEndpoint> endpoints) {
        List<ByteMap<NameRecords>> byZone = new ArrayList<>();
        List<ServiceRecords.Reverse> reverse = new ArrayList<>();
        for (Zone zone : zones.cluster()) {
            byte[] self = DnsName.join(labelsOf(entry), SVC, zone.wire());
            Names names = new Names(self);
            if (entry.externalName() != null) {
                alias(entry.externalName(), names); // DNS-9
            } else if (entry.headless()) {
                headless(endpoints, names, false); // DNS-5 to DNS-7
                if (zone.index() == 0) {
                    endpoints.forEach(endpoint -> reverse.add(new ServiceRecords.Reverse(
                            endpoint.address(),
                            new ByteKey(DnsName.join(DnsName.labels(endpoint.hostname()), self))))); // DNS-8
                }
            } else {
                List<byte[]> addresses = virtualAddresses(entry);
                virtual(entry, addresses, names, false); // DNS-2, DNS-3
                if (zone.index() == 0) {
                    addresses.forEach(address ->
                            reverse.add(new ServiceRecords.Reverse(new ByteKey(address), new ByteKey(self)))); // DNS-4
                }
            }
            byZone.add(names.build());
        }
        return new ServiceRecords(byZone, ByteMap.empty(), reverse, entry.headless() ? null : entry);
    }

    private ServiceRecords imported(ServiceEntry entry, List<NamedEndpoint> endpoints) {
        byte[] service = labelsOf(entry);
        Names names = new Names(DnsName.join(service, SVC, zones.clusterSet().wire()));
        if (entry.headless()) {
            headless(endpoints, names, true); // DNS-14 to DNS-16
        } else {
            virtual(entry, virtualAddresses(entry), names, true); // DNS-12, DNS-13
        }
        Map<String, List<NamedEndpoint>> byCluster = new LinkedHashMap<>();
        for (NamedEndpoint endpoint : endpoints) {
            if (!endpoint.cluster().isEmpty()) {
                byCluster
                        .computeIfAbsent(endpoint.cluster(), absent -> new ArrayList<>())
                        .add(endpoint);
            }
        }
        Map<ByteKey, ByteMap<NameRecords>> clusters = new HashMap<>();
        byCluster.forEach((cluster, own) -> {
            byte[] label = DnsName.labels(cluster);
            Names single =
                    new Names(DnsName.join(service, SVC, label, zones.clusters().wire()));
            headless(own, single, false);
            clusters.put(new ByteKey(label), single.build());
        });
        return new ServiceRecords(List.of(names.build()), ByteMap.copyOf(clusters), List.of(), null);
    }

    private void alias(String externalName, Names names) {
        byte[] target = DnsName.wireOrNull(externalName);
        names.put(SELF.bytes(), target == null ? NameRecords.NO_DATA : encoding.alias(target));
    }

    private void virtual(ServiceEntry entry, List<byte[]> addresses, Names names, boolean clusterSet) {
        names.put(SELF.bytes(), encoding.addresses(List.of(new RecordEncoding.Row(0, addresses)), false));
        Set<String> named = new LinkedHashSet<>();
        List<byte[]> all = new ArrayList<>();
        for (ServicePort port : entry.ports()) {
            if (port.name().isEmpty() || !named.add(port.name() + "/" + port.protocol())) {
                continue;
            }
            byte[] prefix = portLabels(port.name(), port.protocol());
            byte[] record = encoding.service(WHOLE_WEIGHT, port.port(), names.self);
            names.put(prefix, NameRecords.srv(rows(List.of(record), List.of(0), additional(addresses, prefix.length))));
            names.exists(DnsName.labels("_" + port.protocol().name()));
            all.add(record);
        }
        if (clusterSet && !all.isEmpty()) {
            names.serve(rows(all, Collections.nCopies(all.size(), 0), additional(addresses, 0)));
        }
    }

    /** The addresses of a service, whose name stands so many bytes into the question. */
    private List<byte[]> additional(List<byte[]> addresses, int prefix) {
        byte[] owner = RecordEncoding.pointer(Wire.HEADER_BYTES + prefix);
        return addresses.stream()
                .map(address -> encoding.address(owner, address))
                .toList();
    }

    /** Nothing at all when no endpoint is ready, not even the service's own name (rules DNS-5 and DNS-14). */
    private void headless(List<NamedEndpoint> endpoints, Names names, boolean clusterSet) {
        if (endpoints.isEmpty()) {
            return;
        }
        Map<String, List<NamedEndpoint>> byHost = new LinkedHashMap<>();
        Map<String, List<NamedEndpoint>> byIdentity = new LinkedHashMap<>();
        for (NamedEndpoint endpoint : endpoints) {
            String host = endpoint.cluster() + "/" + endpoint.hostname().toLowerCase(Locale.ROOT);
            byHost.computeIfAbsent(host, absent -> new ArrayList<>()).add(endpoint);
            byIdentity
                    .computeIfAbsent(endpoint.cluster() + "/" + endpoint.identity(), absent -> new ArrayList<>())
                    .add(endpoint);
        }
        names.put(SELF.bytes(), encoding.addresses(rowsOf(byIdentity.values()), clusterSet));
        Map<String, List<NamedEndpoint>> addressed = new LinkedHashMap<>();
        byHost.forEach((host, own) -> {
            NamedEndpoint first = own.get(0);
            if (!clusterSet || !first.cluster().isEmpty()) {
                names.put(hostLabels(first, clusterSet), encoding.addresses(rowsOf(List.of(own)), false));
                addressed.put(host, own);
            }
        });
        headlessPorts(addressed.values(), names, clusterSet);
    }

    private void headlessPorts(Iterable<List<NamedEndpoint>> hosts, Names names, boolean clusterSet) {
        Map<ByteKey, List<Served>> byPort = new LinkedHashMap<>();
        for (List<NamedEndpoint> host : hosts) {
            Set<String> counted = new LinkedHashSet<>();
            for (NamedEndpoint endpoint : host) {
                endpoint.ports().stream()
                        .filter(port -> !port.name().isEmpty())
                        .filter(port -> counted.add(port.name() + "/" + port.protocol() + "/" + port.port()))
                        .forEach(port -> byPort.computeIfAbsent(
                                        new ByteKey(portLabels(port.name(), port.protocol())),
                                        absent -> new ArrayList<>())
                                .add(new Served(host, port.port())));
                endpoint.ports().stream()
                        .filter(port -> !port.name().isEmpty())
                        .forEach(port -> names.exists(
                                DnsName.labels("_" + port.protocol().name())));
            }
        }
        byPort.forEach((prefix, served) ->
                names.put(prefix.bytes(), NameRecords.srv(servers(prefix.bytes(), served, names.self, clusterSet))));
        if (clusterSet && !byPort.isEmpty()) {
            List<Served> all = byPort.values().stream().flatMap(List::stream).toList();
            names.serve(servers(SELF.bytes(), all, names.self, true));
        }
    }

    private RecordSet servers(byte[] prefix, List<Served> served, byte[] self, boolean clusterSet) {
        boolean weighted = served.stream().anyMatch(one -> one.first().weight() != 1);
        int share = Math.max(1, WHOLE_WEIGHT / served.size());
        byte[] suffix = RecordEncoding.pointer(Wire.HEADER_BYTES + prefix.length);
        List<byte[]> records = new ArrayList<>();
        List<Integer> tiers = new ArrayList<>();
        List<byte[]> additional = new ArrayList<>();
        Set<ByteKey> described = new LinkedHashSet<>();
        for (Served one : served) {
            byte[] host = hostLabels(one.first(), clusterSet);
            records.add(
                    encoding.service(weighted ? one.first().weight() : share, one.port(), DnsName.join(host, self)));
            tiers.add(one.first().tier());
            if (described.add(new ByteKey(host))) {
                byte[] owner = DnsName.join(host, suffix);
                one.host()
                        .forEach(endpoint -> additional.add(
                                encoding.address(owner, endpoint.address().bytes())));
            }
        }
        return rows(records, tiers, additional);
    }

    private static RecordSet rows(List<byte[]> records, List<Integer> tiers, List<byte[]> additional) {
        int[] rowEnds = new int[records.size()];
        int[] recordEnds = new int[records.size()];
        int end = 0;
        for (int i = 0; i < rowEnds.length; i++) {
            end += records.get(i).length;
            rowEnds[i] = end;
            recordEnds[i] = i + 1;
        }
        return new RecordSet(
                DnsName.join(records.toArray(byte[][]::new)),
                rowEnds,
                recordEnds,
                RecordEncoding.tierEnds(tiers),
                DnsName.join(additional.toArray(byte[][]::new)),
                additional.size());
    }

    /** Each address once, though two clusters may have endpoints of one address. */
    private static List<RecordEncoding.Row> rowsOf(Iterable<List<NamedEndpoint>> groups) {
        Set<ByteKey> written = new LinkedHashSet<>();
        List<RecordEncoding.Row> rows = new ArrayList<>();
        for (List<NamedEndpoint> group : groups) {
            List<byte[]> addresses = new ArrayList<>();
            for (NamedEndpoint endpoint : group) {
                if (written.add(endpoint.address())) {
                    addresses.add(endpoint.address().bytes());
                }
            }
            rows.add(new RecordEncoding.Row(group.get(0).tier(), addresses));
        }
        return rows;
    }

    private static List<byte[]> virtualAddresses(ServiceEntry entry) {
        List<byte[]> addresses = new ArrayList<>();
        for (String text : entry.virtualAddresses()) {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    private static byte[] hostLabels(NamedEndpoint endpoint, boolean clusterSet) {
        return clusterSet
                ? DnsName.labels(endpoint.hostname(), endpoint.cluster())
                : DnsName.labels(endpoint.hostname());
    }

    private static byte[] portLabels(String name, Protocol protocol) {
        return DnsName.labels("_" + name, "_" + protocol.name());
    }

    private static byte[] labelsOf(ServiceEntry entry) {
        return DnsName.labels(entry.key().name(), entry.key().namespace());
    }

    /** One port of one host, which may have an address of each family. */
    private record Served(List<NamedEndpoint> host, int port) {
        NamedEndpoint first() {
            return host.get(0);
        }
    }

    /** The names of one service in one zone, being collected. */
    private static final class Names {
        private final byte[] self;
        private final Map<ByteKey, NameRecords> byPrefix = new HashMap<>();

        private Names(byte[] self) {
            if (self.length > Wire.MAX_NAME_BYTES) {
                throw new IllegalArgumentException("name: " + DnsName.text(self) + " (expected: at most 255 bytes)");
            }
            this.self = self;
        }

        private void put(byte[] prefix, NameRecords records) {
            byPrefix.put(new ByteKey(prefix), records);
        }

        /**
         * The service's own name has all SRV records, too: not by the specification, but the conformance suite of
         * multi-cluster services asks for them there, as CoreDNS answers.
         */
        private void serve(RecordSet all) {
            byPrefix.computeIfPresent(SELF, (self, records) -> records.withSrv(all));
        }

        private void exists(byte[] prefix) {
            byPrefix.putIfAbsent(new ByteKey(prefix), NameRecords.NO_DATA);
        }

        private ByteMap<NameRecords> build() {
            return ByteMap.copyOf(byPrefix);
        }
    }
}
