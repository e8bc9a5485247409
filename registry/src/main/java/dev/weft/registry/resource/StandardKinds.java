package dev.weft.registry.resource;

import java.util.List;
import java.util.stream.Stream;

/** All kinds that Weft stores and serves, as data: one declaration each, in one file a family. */
public final class StandardKinds {
    private StandardKinds() {}

    /** The catalog, for a cluster with these ranges: they decide what addresses and ports its rules allow. */
    public static KindCatalog catalog(NetworkRanges ranges) {
        return new KindCatalog(Stream.of(
                        CoreKinds.all(),
                        EventKinds.all(),
                        ServiceKinds.all(ranges),
                        WorkloadKinds.all(),
                        NetworkingKinds.all(),
                        MultiClusterKinds.all(),
                        AccessKinds.all())
                .flatMap(List::stream)
                .toList());
    }
}
