package dev.weft.api.rest;

import dev.weft.api.discovery.AbsentKinds;
import dev.weft.api.discovery.ServedResource;
import dev.weft.api.discovery.ServedResource.Part;
import dev.weft.api.mesh.MeshKinds;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All that has a URL: what is stored, what is worked out when somebody asks, and what can only be asked. Immutable. */
final class ServedKinds {
    private static final List<ResourceKind> COMPUTED = List.of(MeshKinds.CLUSTERS, MeshKinds.FEDERATED_SERVICES);

    private static final List<String> METHODS = List.of("create", "delete", "get", "patch", "update");

    /** Of these, requests are passed on to what they stand for. */
    private static final Map<ResourceType, Part> FORWARDED = Map.of(
            new ResourceType("", "pods"), new Part("proxy", "", "v1", "PodProxyOptions", METHODS),
            new ResourceType("", "services"), new Part("proxy", "", "v1", "ServiceProxyOptions", METHODS));

    private final List<ResourceKind> kinds;
    private final KindCatalog catalog;

    ServedKinds(KindCatalog catalog) {
        this.catalog = catalog;
        this.kinds = new ArrayList<>(catalog.served());
        kinds.addAll(COMPUTED);
        kinds.addAll(AbsentKinds.ALL);
    }

    /** The kinds that have a schema. */
    List<ResourceKind> described() {
        return List.copyOf(kinds);
    }

    /** The kind behind {@code /apis/GROUP/VERSION/PLURAL}; null if nothing is served there. */
    @Nullable
    ResourceKind find(String group, String version, String plural) {
        ResourceType type = new ResourceType(group, plural);
        return unstored()
                .filter(kind -> kind.type().equals(type) && kind.versions().contains(version))
                .findFirst()
                .orElseGet(() -> catalog.find(group, version, plural));
    }

    private static Stream<ResourceKind> unstored() {
        return Stream.concat(COMPUTED.stream(), AbsentKinds.ALL.stream());
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
                Part forwarded = FORWARDED.get(kind.type());
                resource = forwarded == null ? resource : resource.with(forwarded);
                served.add(account ? resource.with(TokenRequests.PART) : resource);
            }
        }
        AccessReviews.RESOURCES.stream()
                .filter(review -> tokens || !review.kind().equals("TokenReview"))
                .forEach(served::add);
        served.addAll(FederationRequests.RESOURCES);
        unstored().forEach(kind -> {
            ServedResource resource =
                    ServedResource.readOnly(kind, kind.versions().get(0));
            served.add(kind.equals(MeshKinds.CLUSTERS) ? resource.allowing("delete") : resource);
        });
        return served;
    }
}
