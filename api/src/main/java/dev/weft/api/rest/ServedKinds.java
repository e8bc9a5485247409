package dev.weft.api.rest;

import dev.weft.api.discovery.ServedResource;
import dev.weft.api.mesh.MeshKinds;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that has a URL: what is stored, what is worked out when somebody asks, and what can only be asked. Immutable. */
final class ServedKinds {
    private static final List<ResourceKind> COMPUTED = List.of(MeshKinds.CLUSTERS, MeshKinds.FEDERATED_SERVICES);

    private final List<ResourceKind> kinds;
    private final KindCatalog catalog;

    ServedKinds(KindCatalog catalog) {
        this.catalog = catalog;
        this.kinds = new ArrayList<>(catalog.served());
        kinds.addAll(COMPUTED);
    }

    /** The kinds that have a schema. */
    List<ResourceKind> described() {
        return List.copyOf(kinds);
    }

    /** The kind behind {@code /apis/GROUP/VERSION/PLURAL}; null if nothing is served there. */
    @Nullable
    ResourceKind find(String group, String version, String plural) {
        for (ResourceKind kind : COMPUTED) {
            boolean named = group.equals(kind.type().group())
                    && version.equals(MeshKinds.VERSION)
                    && plural.equals(kind.type().plural());
            if (named) {
                return kind;
            }
        }
        return catalog.find(group, version, plural);
    }

    /**
     * What discovery tells.
     *
     * @param tokens whether tokens of ServiceAccounts are given out and reviewed
     */
    List<ServedResource> resources(boolean tokens) {
        List<ServedResource> served = new ArrayList<>();
        for (ResourceKind kind : catalog.served()) {
            boolean account = tokens && kind.type().equals(TokenRequests.ACCOUNTS);
            for (String version : kind.versions()) {
                ServedResource resource = ServedResource.of(kind, version);
                served.add(account ? resource.with(TokenRequests.PART) : resource);
            }
        }
        AccessReviews.RESOURCES.stream()
                .filter(review -> tokens || !review.kind().equals("TokenReview"))
                .forEach(served::add);
        served.addAll(FederationRequests.RESOURCES);
        COMPUTED.forEach(kind -> served.add(ServedResource.readOnly(kind, MeshKinds.VERSION)));
        return served;
    }
}
