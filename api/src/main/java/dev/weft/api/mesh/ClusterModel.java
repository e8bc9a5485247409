package dev.weft.api.mesh;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;

/** The fields of a Cluster; only its shape is used. */
record ClusterModel(String apiVersion, String kind, ObjectMeta metadata, Spec spec, Status status) {

    /** Where its gossip listens. */
    record Spec(List<String> addresses) {}

    /** How sure this node is of it. Times are RFC 3339; the round trip ends in {@code ms}. */
    record Status(
            String state,
            Boolean self,
            Long recordsBehind,
            String freshness,
            Double stalenessSeconds,
            Boolean clockOff,
            Double clockOffsetSeconds,
            String digest,
            String roundTrip,
            String lastExchange,
            String staleSince) {}
}
