package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.endpoints.PodEndpoints.Placed;
import dev.weft.registry.endpoints.SliceContent.Owner;
import dev.weft.registry.resource.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Hand-written Endpoints of a Service without a selector, as EndpointSlices, so that who reads slices sees them too.
 * Pure.
 */
final class EndpointsMirror {
    /** Kubernetes' default for {@code --mirroring-max-endpoints-per-subset}. */
    static final int SUBSET_CAPACITY = 1_000;

    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final String LAST_TRIGGER = "endpoints.kubernetes.io/last-change-trigger-time";

    private EndpointsMirror() {}

    /** Whether an Endpoints object asks for its mirror: no opt-out, and no lock of an elected leader. */
    static boolean mirrors(Resource endpoints) {
        return !"true".equals(endpoints.labels().get(EndpointTypes.SKIP_MIRROR))
                && !endpoints
                        .json()
                        .toTree()
                        .path("metadata")
                        .path("annotations")
                        .has(EndpointTypes.LEADER);
    }

    /** What all mirrored slices of an Endpoints object say alike. */
    static SliceLayout.Meta meta(Resource endpoints) {
        Map<String, String> labels = new HashMap<>(endpoints.labels());
        labels.remove(EndpointTypes.HEADLESS);
        labels.remove(EndpointTypes.ENDPOINTS_MANAGED_BY);
        labels.put(EndpointTypes.SERVICE_NAME, endpoints.key().name());
        labels.put(EndpointTypes.MANAGED_BY, EndpointTypes.MIRROR_CONTROLLER);
        JsonNode annotations = endpoints.json().at("metadata", "annotations");
        Map<String, String> kept = new HashMap<>(SliceContent.texts(annotations));
        kept.keySet().removeAll(List.of(LAST_APPLIED, LAST_TRIGGER, EndpointWeights.BY_ADDRESS));
        Owner owner = new Owner("v1", "Endpoints", endpoints.key().name(), endpoints.uid());
        return new SliceLayout.Meta(Map.copyOf(labels), Map.copyOf(kept), owner);
    }

    /** The endpoints, by identity. An address that stands as ready and as not ready on the same ports is ready. */
    static Map<String, Placed> endpoints(Resource endpoints) {
        Map<String, Placed> placed = new LinkedHashMap<>();
        Map<String, Integer> weights = EndpointWeights.byAddress(endpoints
                .json()
                .toTree()
                .path("metadata")
                .path("annotations")
                .path(EndpointWeights.BY_ADDRESS)
                .asText(""));
        for (ClassicEndpoints.Subset subset :
                ClassicEndpoints.parse(endpoints, endpoints.json().toTree()).subsets()) {
            List<SliceEndpoint> all = new ArrayList<>();
            subset.ready().forEach(address -> all.add(withReady(address, true)));
            subset.notReady().forEach(address -> all.add(withReady(address, false)));
            for (SliceEndpoint endpoint : all.subList(0, Math.min(all.size(), SUBSET_CAPACITY))) {
                String family = EndpointTypes.familyOf(endpoint.address());
                String id = identity(family, subset.ports(), endpoint);
                if (!endpoint.address().isEmpty()) {
                    SliceEndpoint weighed = endpoint.weighing(weights.get(endpoint.address()));
                    placed.putIfAbsent(id, new Placed(family, subset.ports(), weighed));
                }
            }
        }
        return placed;
    }

    /** One address may stand in several subsets with different ports. */
    static String identity(String family, List<EndpointPort> ports, SliceEndpoint endpoint) {
        return family + "/" + endpoint.address() + "/" + ports;
    }

    private static SliceEndpoint withReady(SliceEndpoint address, boolean ready) {
        return new SliceEndpoint(
                address.addresses(),
                ready,
                null,
                null,
                address.hostname(),
                address.nodeName(),
                "",
                address.target(),
                List.of(),
                List.of());
    }
}
