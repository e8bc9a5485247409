package dev.weft.registry.resource;

import static dev.weft.registry.resource.KindBuilder.kind;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.registry.resource.ResourceKind.Subresource;
import java.util.List;
import java.util.StringJoiner;

/** The Multi-Cluster Services API: what is offered to other clusters, and what they offer. */
final class MultiClusterKinds {
    private static final String GROUP = "multicluster.x-k8s.io";

    private MultiClusterKinds() {}

    static List<ResourceKind> all() {
        return List.of(exports(), imports());
    }

    private static ResourceKind exports() {
        return kind(GROUP, "ServiceExport", "serviceexports", ServiceExportModel.class)
                .versions("v1beta1", "v1alpha1")
                .shortNames("svcex", "svcexport")
                .subresources(Subresource.STATUS)
                .columns(Columns.named()
                        .text("Valid", export -> condition(export, "Valid"))
                        .text("Ready", export -> condition(export, "Ready"))
                        .text("Conflict", export -> condition(export, "Conflict"))
                        .age())
                .rules(new ServiceExportRules())
                .done();
    }

    private static ResourceKind imports() {
        return kind(GROUP, "ServiceImport", "serviceimports", ServiceImportModel.class)
                .versions("v1beta1", "v1alpha1")
                .shortNames("svcim", "svcimport")
                .subresources(Subresource.STATUS)
                .columns(Columns.named()
                        .text("Type", each -> Trees.text(each, "spec", "type"))
                        .text("IP", each -> values(Trees.at(each, "spec", "ips")))
                        .age()
                        .wide(
                                "Clusters",
                                each -> Columns.orNone(Columns.each(Trees.at(each, "status", "clusters"), "cluster"))))
                .rules(new ServiceImportRules())
                .done();
    }

    private static String condition(JsonNode object, String type) {
        for (JsonNode condition : Trees.at(object, "status", "conditions")) {
            if (Trees.text(condition, "type").equals(type)) {
                return Trees.text(condition, "status");
            }
        }
        return "";
    }

    private static String values(JsonNode list) {
        StringJoiner joined = new StringJoiner(",");
        list.forEach(value -> joined.add(value.asText()));
        return joined.toString();
    }
}
