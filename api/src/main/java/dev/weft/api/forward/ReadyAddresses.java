package dev.weft.api.forward;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The ready endpoints of a Service's port, as its Endpoints object tells them. Pure. */
final class ReadyAddresses {
    private ReadyAddresses() {}

    /** An endpoint, and the Pod that is said to live there. */
    record ReadyAddress(Destination destination, String pod) {}

    /**
     * The endpoints that are backed by a Pod of the namespace.
     *
     * @param portName empty for a Service's only port
     */
    static List<ReadyAddress> of(JsonNode endpoints, String namespace, String portName) {
        List<ReadyAddress> ready = new ArrayList<>();
        for (JsonNode subset : endpoints.path("subsets")) {
            for (JsonNode port : subset.path("ports")) {
                if (port.path("name").asText("").equals(portName)) {
                    collect(
                            subset.path("addresses"),
                            namespace,
                            port.path("port").asInt(),
                            ready);
                }
            }
        }
        return ready;
    }

    private static void collect(JsonNode addresses, String namespace, int port, List<ReadyAddress> ready) {
        for (JsonNode address : addresses) {
            JsonNode target = address.path("targetRef");
            boolean pod = target.path("kind").asText("").equals("Pod")
                    && target.path("namespace").asText(namespace).equals(namespace)
                    && target.hasNonNull("name");
            if (pod) {
                Destination destination = new Destination(address.path("ip").asText(""), port);
                ready.add(new ReadyAddress(destination, target.path("name").asText()));
            }
        }
    }

    /**
     * The name of a Service's port.
     *
     * @param port a name, a number, or empty
     * @return null where the Service has no port of that number; a name is taken as it is
     */
    static @org.jspecify.annotations.Nullable String portName(JsonNode service, String port) {
        boolean number = !port.isEmpty() && port.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number) {
            return port;
        }
        for (JsonNode declared : service.path("spec").path("ports")) {
            if (declared.path("port").asText("").equals(port)) {
                return declared.path("name").asText("");
            }
        }
        return null;
    }
}
