package dev.weft.registry;

import dev.weft.registry.Registry.Answer;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.allocation.ServiceAddressing;
import dev.weft.registry.allocation.ServiceAddressing.Held;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.shard.Allocations;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.ListRequest;
import dev.weft.registry.watch.Listing;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.VersionMatch;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Which grants are in use. */
final class Claims {
    private static final ResourceType SERVICES = new ResourceType("", "services");
    private static final ResourceType IMPORTS = new ResourceType("multicluster.x-k8s.io", "serviceimports");

    private final Reader reader;
    private final Placement placement;

    Claims(Reader reader, Placement placement) {
        this.reader = reader;
        this.placement = placement;
    }

    /** All grants that their owners do not use. The grants are read first: an owner stored meanwhile is seen. */
    CompletionStage<Idle> idle() {
        return list(placement.allocationShard(), Allocations.GRANTS)
                .thenCompose(grants -> list(placement.shards(), SERVICES)
                        .thenCompose(services -> list(placement.shards(), IMPORTS)
                                .thenApply(imports -> new Idle(
                                        idle(grants.items(), services.items(), imports.items()), grants.version()))));
    }

    /**
     * What nobody uses.
     *
     * @param version of all grants that were looked at
     */
    record Idle(Set<Grant> grants, long version) {}

    private static Set<Grant> idle(List<Resource> grants, List<Resource> services, List<Resource> imports) {
        Map<ResourceKey, Resource> owners = new HashMap<>();
        services.forEach(service -> owners.put(service.key(), service));
        imports.forEach(serviceImport -> owners.put(serviceImport.key(), serviceImport));
        Set<Grant> idle = new HashSet<>();
        for (Resource object : grants) {
            Grant grant = Allocations.grant(object);
            Resource owner = owners.get(grant.claim().owner());
            if (owner == null
                    || !ServiceAddressing.held(owner.json().toTree())
                            .contains(new Held(grant.claim().pool(), grant.value()))) {
                idle.add(grant);
            }
        }
        return idle;
    }

    private CompletionStage<Listing> list(int window, ResourceType type) {
        ListRequest request =
                new ListRequest(Collection.everywhere(type), ResourceFilter.ALL, new VersionMatch.MostRecent(), 0, "");
        return reader.list(window, request).thenApply(answer -> {
            if (answer instanceof Answer.Found<Listing> found) {
                return found.value();
            }
            throw new IllegalStateException("not listed: " + type + ": " + answer);
        });
    }
}
