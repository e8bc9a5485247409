package dev.weft.registry.endpoints;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How slices carry the weights of their endpoints, for which Kubernetes has no field: in an annotation that names the
 * addresses with a weight of their own, such as {@code 10.0.0.1=3,10.0.0.2=0}. Pure.
 */
public final class EndpointWeights {
    /** On a Pod its weight, on a hand-written slice that of all endpoints which have none of their own. */
    public static final String WEIGHT = "mesh.weft.dev/weight";

    /** On a slice, address by address. */
    public static final String BY_ADDRESS = "mesh.weft.dev/weights";

    private static final int MOST = 65_535;

    private EndpointWeights() {}

    /** 0 to 65535; null for a text that is none of these, which admission refuses. */
    public static @Nullable Integer parse(@Nullable String text) {
        if (text == null || !text.matches("[0-9]{1,5}")) {
            return null;
        }
        int weight = Integer.parseInt(text);
        return weight <= MOST ? weight : null;
    }

    /** By address; what is no weight is left out. */
    static Map<String, Integer> byAddress(@Nullable String annotation) {
        Map<String, Integer> weights = new HashMap<>();
        if (annotation == null) {
            return weights;
        }
        for (String part : annotation.split(",", -1)) {
            int equals = part.lastIndexOf('=');
            Integer weight =
                    equals < 0 ? null : parse(part.substring(equals + 1).strip());
            if (weight != null) {
                weights.put(part.substring(0, equals).strip(), weight);
            }
        }
        return weights;
    }

    /** In order of the addresses; empty when none has a weight of its own. */
    static String text(List<SliceEndpoint> endpoints) {
        Map<String, Integer> weights = new TreeMap<>();
        for (SliceEndpoint endpoint : endpoints) {
            Integer weight = endpoint.weight();
            if (weight != null) {
                weights.put(endpoint.address(), weight);
            }
        }
        StringBuilder text = new StringBuilder();
        weights.forEach((address, weight) -> text.append(text.isEmpty() ? "" : ",")
                .append(address)
                .append('=')
                .append(weight));
        return text.toString();
    }
}
