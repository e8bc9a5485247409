package dev.weft.registry.resource;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.SessionAffinityConfig;
import java.util.List;

/** The fields of a ServiceImport ({@code multicluster.x-k8s.io/v1beta1}); only its shape is used. */
record ServiceImportModel(String apiVersion, String kind, ObjectMeta metadata, Spec spec, Status status) {

    /** What is reached. */
    record Spec(
            List<Port> ports,
            List<String> ips,
            List<String> ipFamilies,
            String type,
            String sessionAffinity,
            SessionAffinityConfig sessionAffinityConfig,
            String internalTrafficPolicy,
            String trafficDistribution) {}

    /** One port of the union over all clusters. */
    record Port(String name, String protocol, String appProtocol, Integer port) {}

    /** Who offers it. {@code endpointSliceObjects} is {@code Present} or {@code Absent} (MCS-16). */
    record Status(List<ClusterStatus> clusters, List<Condition> conditions, String endpointSliceObjects) {}

    record ClusterStatus(String cluster) {}
}
