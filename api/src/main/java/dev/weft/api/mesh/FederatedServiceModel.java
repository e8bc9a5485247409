package dev.weft.api.mesh;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;

/** The fields of a FederatedService; only its shape is used. */
record FederatedServiceModel(String apiVersion, String kind, ObjectMeta metadata, Spec spec, Status status) {

    /** What all exports come to. */
    record Spec(String type, List<String> ports) {}

    /** Who exports it, and whose word holds. */
    record Status(
            Decision decision, Conflict conflict, Integer endpoints, Integer readyEndpoints, List<Export> exports) {}

    /** The cluster whose word holds where exports disagree, and the reason for that. */
    record Decision(String cluster, String reason) {}

    /** What they disagree about: the reasons of KEP-1645, and a sentence for each. */
    record Conflict(String reason, List<String> messages) {}

    /** One cluster's export. {@code endpointsOmitted} counts those that would make the object too large. */
    record Export(
            String cluster,
            String exportedAt,
            Boolean decides,
            String type,
            List<String> ports,
            String state,
            String staleSince,
            Integer readyEndpoints,
            Integer endpointsOmitted,
            List<Endpoint> endpoints) {}

    /** One endpoint. */
    record Endpoint(String address, Boolean ready, Boolean serving, Boolean terminating, String node, String zone) {}
}
