package dev.weft.proxy.dns;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The zones that this node answers for, and what in them does not come from the picture; pure. */
final class Zones {
    /** Versions of the specifications (rules DNS-1 and DNS-11). */
    static final String CLUSTER_SCHEMA = "1.1.0";

    static final String CLUSTER_SET_SCHEMA = "1.0.0";

    private final List<Zone> cluster = new ArrayList<>();
    private final Zone clusterSet;
    private final Zone clusters;
    private final List<Zone> all = new ArrayList<>();
    private final AddressRanges reverseRanges;
    private final NameRecords server;
    private final NameRecords clusterSchema;
    private final NameRecords clusterSetSchema;
    private final RecordEncoding encoding;

    /** @param serverAddress what the zones' name server answers on; null when that is not one address */
    Zones(DnsSettings settings, @Nullable String serverAddress) {
        for (String name : settings.zones()) {
            cluster.add(Zone.of(Zone.Kind.CLUSTER, name, cluster.size(), CLUSTER_SCHEMA));
        }
        clusterSet = Zone.of(Zone.Kind.CLUSTER_SET, settings.clusterSetZone(), 0, CLUSTER_SET_SCHEMA);
        clusters = Zone.of(Zone.Kind.CLUSTERS, settings.clustersZone(), 0, "");
        all.addAll(cluster);
        all.add(clusterSet);
        all.add(clusters);
        all.add(Zone.of(Zone.Kind.REVERSE_IPV4, "in-addr.arpa", 0, ""));
        all.add(Zone.of(Zone.Kind.REVERSE_IPV6, "ip6.arpa", 0, ""));
        reverseRanges = new AddressRanges("weft.proxy.dns.reverse-ranges", settings.reverseRanges());
        encoding = new RecordEncoding(settings.ttl().toSeconds());
        byte[] address = serverAddress == null ? null : NetUtil.createByteArrayFromIpAddressString(serverAddress);
        server = encoding.addresses(
                List.of(new RecordEncoding.Row(0, address == null ? List.of() : List.of(address))), false);
        clusterSchema = encoding.text(CLUSTER_SCHEMA);
        clusterSetSchema = encoding.text(CLUSTER_SET_SCHEMA);
    }

    List<Zone> cluster() {
        return cluster;
    }

    Zone clusterSet() {
        return clusterSet;
    }

    Zone clusters() {
        return clusters;
    }

    /** The zone that holds the name; null for none. Zones do not overlap. */
    @Nullable
    Zone holding(ParsedName name) {
        for (int i = 0; i < all.size(); i++) {
            if (name.isIn(all.get(i))) {
                return all.get(i);
            }
        }
        return null;
    }

    /** Reverse names that we answer for though nothing is known of them. */
    AddressRanges reverseRanges() {
        return reverseRanges;
    }

    /** {@code ns.dns} in each zone. */
    NameRecords server() {
        return server;
    }

    /** {@code dns-version} in a zone (rules DNS-1 and DNS-11). */
    NameRecords schemaOf(Zone zone) {
        return switch (zone.kind()) {
            case CLUSTER -> clusterSchema;
            case CLUSTER_SET -> clusterSetSchema;
            default -> NameRecords.NO_NAME;
        };
    }

    RecordEncoding encoding() {
        return encoding;
    }
}
