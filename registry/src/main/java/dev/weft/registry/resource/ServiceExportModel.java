package dev.weft.registry.resource;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;

/** The fields of a ServiceExport ({@code multicluster.x-k8s.io/v1beta1}); only its shape is used. */
record ServiceExportModel(String apiVersion, String kind, ObjectMeta metadata, Spec spec, Status status) {

    record Spec(Map<String, String> exportedLabels, Map<String, String> exportedAnnotations) {}

    record Status(List<Condition> conditions) {}
}
