package dev.weft.proxy.dns;

import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that DNS says of one service, encoded. Names are keyed by their labels before {@code service.namespace},
 * none for the service's own name.
 *
 * @param byZone by the number of the cluster zone; an import has one
 * @param byCluster an import's names in {@code CLUSTER.clusters.local}, by the cluster's label
 * @param reverse names of its addresses
 * @param source what all of it follows from, whatever the endpoints are; null where they matter
 */
record ServiceRecords(
        List<ByteMap<NameRecords>> byZone,
        ByteMap<ByteMap<NameRecords>> byCluster,
        List<Reverse> reverse,
        @Nullable ServiceEntry source) {

    ServiceRecords {
        byZone = List.copyOf(byZone);
        reverse = List.copyOf(reverse);
    }

    /** Whether the picture would give the same; pictures share the entry for as long as it does not change. */
    boolean holdsFor(@Nullable ServicePicture picture) {
        return source != null && picture != null && source.equals(picture.entry());
    }

    /** An address and the name that it leads back to. */
    record Reverse(ByteKey address, ByteKey name) {}
}
