package dev.weft.proxy.health;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One EndpointSlice whose endpoints are checked: what is asked of each, and what is to be written of it; pure.
 *
 * @param targets one for each endpoint, in their order; null for one that cannot be checked
 */
record CheckedSlice(
        String namespace, String name, String version, JsonNode endpoints, List<@Nullable ProbeTarget> targets) {
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    private static final int MAX_PORT = 65_535;

    /** Whether it is written by hand: what a controller manages would be written back by it. */
    static boolean handWritten(JsonNode slice) {
        String manager = slice.path("metadata").path("labels").path(MANAGED_BY).asText("");
        return !manager.endsWith(".k8s.io") && !manager.endsWith("weft.dev");
    }

    /** {@code namespace/name} of the Service that it belongs to; empty for none. */
    static String serviceOf(JsonNode slice) {
        JsonNode metadata = slice.path("metadata");
        String service = metadata.path("labels").path(SERVICE_NAME).asText("");
        return service.isEmpty() ? "" : metadata.path("namespace").asText() + "/" + service;
    }

    static CheckedSlice of(JsonNode slice, HealthCheck check) {
        int port = "FQDN".equals(slice.path("addressType").asText()) ? 0 : portOf(slice.path("ports"), check.port());
        List<@Nullable ProbeTarget> targets = new ArrayList<>();
        for (JsonNode endpoint : slice.path("endpoints")) {
            String address = endpoint.path("addresses").path(0).asText("");
            targets.add(port == 0 || address.isEmpty() ? null : new ProbeTarget(address, port, check));
        }
        JsonNode metadata = slice.path("metadata");
        return new CheckedSlice(
                metadata.path("namespace").asText(),
                metadata.path("name").asText(),
                metadata.path("resourceVersion").asText(),
                slice.path("endpoints"),
                targets);
    }

    /** Where an API serves the object. */
    String path() {
        return "/apis/discovery.k8s.io/v1/namespaces/" + namespace + "/endpointslices/" + name;
    }

    /**
     * The JSON patch that brings the ready conditions in line with the verdicts, for this version only; null when they
     * are. Where nothing is known the condition stays as it is.
     */
    @Nullable
    ArrayNode patch(Function<ProbeTarget, Verdict> verdicts) {
        ArrayNode patch = JsonNodeFactory.instance.arrayNode();
        patch.addObject()
                .put("op", "test")
                .put("path", "/metadata/resourceVersion")
                .put("value", version);
        for (int i = 0; i < targets.size(); i++) {
            ProbeTarget target = targets.get(i);
            Verdict verdict = target == null ? Verdict.UNKNOWN : verdicts.apply(target);
            JsonNode conditions = endpoints.path(i).path("conditions");
            boolean ready = verdict == Verdict.HEALTHY;
            if (verdict == Verdict.UNKNOWN || conditions.path("ready").asBoolean(true) == ready) {
                continue;
            }
            String at = "/endpoints/" + i + "/conditions";
            if (conditions.isObject()) {
                patch.addObject().put("op", "add").put("path", at + "/ready").put("value", ready);
            } else {
                patch.addObject()
                        .put("op", "add")
                        .put("path", at)
                        .putObject("value")
                        .put("ready", ready);
            }
        }
        return patch.size() > 1 ? patch : null;
    }

    private static int portOf(JsonNode ports, String wanted) {
        if (wanted.matches("[0-9]{1,5}")) {
            int number = Integer.parseInt(wanted);
            return number <= MAX_PORT ? number : 0;
        }
        for (JsonNode port : ports) {
            boolean named = wanted.isEmpty()
                    ? "TCP".equals(port.path("protocol").asText("TCP"))
                    : wanted.equals(port.path("name").asText());
            if (named) {
                return port.path("port").asInt(0);
            }
        }
        return 0;
    }
}
