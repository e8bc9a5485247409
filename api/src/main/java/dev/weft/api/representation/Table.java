package dev.weft.api.representation;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Column;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.watch.Listing;
import java.time.InstantSource;
import java.util.List;

/** Objects as the Table that {@code kubectl get} prints. */
public final class Table implements Representation {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String apiVersion;
    private final List<Column> columns;
    private final IncludeObject include;
    private final WholeObjects whole;
    private final MetadataOnly partial;
    private final InstantSource clock;

    /**
     * @param version of {@code meta.k8s.io}: {@code v1} or {@code v1beta1}
     * @param whole how the objects would be shown otherwise
     * @param clock for ages
     */
    public Table(String version, List<Column> columns, IncludeObject include, WholeObjects whole, InstantSource clock) {
        this.apiVersion = "meta.k8s.io/" + version;
        this.columns = List.copyOf(columns);
        this.include = include;
        this.whole = whole;
        this.partial = new MetadataOnly(version, false);
        this.clock = clock;
    }

    @Override
    public ByteString object(Resource resource) {
        return JsonText.of(oneRow(resource, true));
    }

    @Override
    public Pieces list(Listing listing) {
        ObjectNode table = start(true);
        Representation.putListMeta((ObjectNode) table.path("metadata"), listing);
        return JsonText.open(
                table,
                "rows",
                listing.items().stream()
                        .map(item -> (ItemPiece) () -> JsonText.of(row(item)))
                        .toList());
    }

    @Override
    public ByteString event(Resource resource, boolean first) {
        return JsonText.of(oneRow(resource, first));
    }

    @Override
    public ByteString bookmark(long version, boolean initialEventsEnd) {
        ObjectNode table = WholeObjects.bookmark(JsonText.object("Table", apiVersion), version, initialEventsEnd);
        table.putNull("columnDefinitions");
        table.putArray("rows");
        return JsonText.of(table);
    }

    private ObjectNode oneRow(Resource resource, boolean withColumns) {
        ObjectNode table = start(withColumns);
        ((ObjectNode) table.path("metadata")).put("resourceVersion", Long.toString(resource.version()));
        table.putArray("rows").add(row(resource));
        return table;
    }

    private ObjectNode start(boolean withColumns) {
        ObjectNode table = JsonText.object("Table", apiVersion);
        table.putObject("metadata");
        if (withColumns) {
            ArrayNode definitions = table.putArray("columnDefinitions");
            columns.forEach(column -> definitions.add(definition(column)));
        } else {
            table.putNull("columnDefinitions");
        }
        return table;
    }

    private static ObjectNode definition(Column column) {
        ObjectNode definition = NODES.objectNode();
        definition.put("name", column.name());
        definition.put("type", column.type());
        definition.put("format", column.format());
        definition.put("description", column.description());
        definition.put("priority", column.priority());
        return definition;
    }

    private ObjectNode row(Resource resource) {
        ObjectNode tree = whole.tree(resource);
        // Columns read what is stored, whatever the names of the fields are in the version that is served.
        JsonNode stored = whole.renames() ? resource.json().toTree() : tree;
        ObjectNode row = NODES.objectNode();
        ArrayNode cells = row.putArray("cells");
        columns.forEach(column -> cells.add(cell(column.cell().of(stored, clock.instant()))));
        switch (include) {
            case NONE -> row.putNull("object");
            case METADATA -> row.set("object", partial.tree(tree));
            case OBJECT -> row.set("object", tree);
        }
        return row;
    }

    private static JsonNode cell(Object value) {
        if (value instanceof Boolean flag) {
            return NODES.booleanNode(flag);
        }
        return value instanceof Number number ? NODES.numberNode(number.longValue()) : NODES.textNode(value.toString());
    }
}
