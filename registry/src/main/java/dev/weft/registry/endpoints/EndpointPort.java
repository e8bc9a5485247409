package dev.weft.registry.endpoints;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One port of the endpoints of a slice.
 *
 * @param name as in the Service; may be empty
 * @param protocol {@code TCP}, {@code UDP} or {@code SCTP}
 * @param port where the endpoints listen; 0 where the slice names none
 * @param appProtocol empty where none is given
 */
public record EndpointPort(String name, String protocol, int port, String appProtocol) {

    static EndpointPort parse(JsonNode json) {
        return new EndpointPort(
                json.path("name").asText(""),
                json.path("protocol").asText("TCP"),
                json.path("port").asInt(0),
                json.path("appProtocol").asText(""));
    }

    /** Writes the fields of a slice's or a subset's port; the name is written even when it is empty, as Kubernetes does. */
    void writeTo(ObjectNode json) {
        json.put("name", name);
        json.put("protocol", protocol);
        if (port != 0) {
            json.put("port", port);
        }
        if (!appProtocol.isEmpty()) {
            json.put("appProtocol", appProtocol);
        }
    }
}
