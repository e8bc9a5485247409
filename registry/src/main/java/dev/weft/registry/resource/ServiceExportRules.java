package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** ServiceExports: the wish to offer a Service to other clusters (MCS-1, MCS-11). */
final class ServiceExportRules implements KindRules {
    @Override
    public List<String> validateName(String name) {
        return Names.dnsLabel(name);
    }

    @Override
    public boolean countsGenerations() {
        return true;
    }

    @Override
    public boolean metadataFollowsStatus() {
        return false;
    }

    @Override
    public List<String> warnings(JsonNode export) {
        return MeshAnnotations.unknownOfExport(export);
    }

    @Override
    public List<FieldError> validate(JsonNode export) {
        List<FieldError> faults = new FieldErrors();
        Metadata.labels(Trees.at(export, "spec", "exportedLabels"), "spec.exportedLabels", faults);
        // What becomes metadata of every ServiceImport; it also has to fit into one record of the federation.
        Metadata.annotations(Trees.at(export, "spec", "exportedAnnotations"), "spec.exportedAnnotations", faults);
        MeshAnnotations.ofExport(export, faults);
        Conditions.validate(export, faults);
        return faults;
    }
}
