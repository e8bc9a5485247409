package dev.weft.proxy.dns;

import java.util.List;

/**
 * Everything that DNS says of one service, encoded. Names are keyed by their labels before {@code service.namespace},
 * none for the service's own name.
 *
 * @param byZone by the number of the cluster zone; an import has one
 * @param byCluster an import's names in {@code CLUSTER.clusters.local}, by the cluster's label
 * @param reverse names of its addresses
 */
record ServiceRecords(
        List<ByteMap<NameRecords>> byZone, ByteMap<ByteMap<NameRecords>> byCluster, List<Reverse> reverse) {

    ServiceRecords {
        byZone = List.copyOf(byZone);
        reverse = List.copyOf(reverse);
    }

    /** An address and the name that it leads back to. */
    record Reverse(ByteKey address, ByteKey name) {}
}
