package dev.weft.api.rest;

import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.api.representation.IncludeObject;
import dev.weft.api.representation.MetadataOnly;
import dev.weft.api.representation.Representation;
import dev.weft.api.representation.Table;
import dev.weft.api.representation.WholeObjects;
import dev.weft.registry.resource.Column;
import dev.weft.registry.resource.ResourceKind;
import dev.weft.registry.resource.Scale;
import java.time.InstantSource;
import java.util.List;

/** Chooses how objects are shown from what a client accepts. */
final class Representations {
    private static final List<Column> NAME_ONLY = List.of(new Column(
            "Name",
            "string",
            "name",
            "Name must be unique within a namespace.",
            0,
            (object, now) -> object.at("/metadata/name").asText()));

    private final InstantSource clock;

    Representations(InstantSource clock) {
        this.clock = clock;
    }

    Representation choose(ResourceKind kind, String version, Exchange exchange) {
        return choose(kind, version, kind.columns().isEmpty() ? NAME_ONLY : kind.columns(), exchange);
    }

    /** For the Scale of an object of this kind. */
    Representation ofScale(ResourceKind kind, String version, Exchange exchange) {
        return choose(kind, version, Scale.COLUMNS, exchange);
    }

    private Representation choose(ResourceKind kind, String version, List<Column> columns, Exchange exchange) {
        WholeObjects whole = new WholeObjects(kind, version);
        for (Accepts.Form form : exchange.accepts().forms()) {
            if (form.plain()) {
                return whole;
            }
            boolean meta = form.group().equals("meta.k8s.io")
                    && (form.version().equals("v1") || form.version().equals("v1beta1"));
            if (meta && form.as().equals("Table")) {
                return new Table(form.version(), columns, include(exchange.query()), whole, clock);
            }
            if (meta && form.as().startsWith("PartialObjectMetadata")) {
                return new MetadataOnly(form.version(), form.as().endsWith("List"));
            }
        }
        throw new RequestRefused(Refusals.notAcceptable(Accepts.OFFERED));
    }

    private static IncludeObject include(Query query) {
        return switch (query.first("includeObject")) {
            case "", "Metadata" -> IncludeObject.METADATA;
            case "Object" -> IncludeObject.OBJECT;
            case "None" -> IncludeObject.NONE;
            default ->
                throw RequestRefused.badRequest(
                        "unrecognized includeObject value: \"" + query.first("includeObject") + "\"");
        };
    }
}
