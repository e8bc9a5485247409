package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The fields of one kind, derived from its model class: what they are called and what may stand in them. Immutable;
 * making one costs reflection, so make it once a kind and keep it.
 */
public final class Schema {
    private final String kind;
    private final SchemaType.Structure root;

    private Schema(String kind, SchemaType.Structure root) {
        this.kind = kind;
        this.root = root;
    }

    /** Reads the structure of a kind's model class. */
    public static Schema of(ResourceKind kind) {
        return new Schema(kind.kind(), new SchemaReader().read(kind.model()));
    }

    /** The kind's structure: walk it to describe the kind, e.g. as OpenAPI. Structures may contain themselves. */
    public SchemaType.Structure root() {
        return root;
    }

    /** What is wrong with a tree, without changing it. */
    public Findings check(JsonNode object) {
        return new Walk(false).run(object);
    }

    /** As {@link #check}, and drops unknown fields and nulls from the tree, in place. */
    public Findings prune(ObjectNode object) {
        return new Walk(true).run(object);
    }

    /**
     * What was found.
     *
     * @param unknown e.g. {@code unknown field "spec.prots"}
     * @param mistyped e.g. {@code json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type
     *     int32}; such an object cannot be taken at all
     */
    public record Findings(List<String> unknown, List<String> mistyped) {
        public Findings {
            unknown = List.copyOf(unknown);
            mistyped = List.copyOf(mistyped);
        }
    }

    /** One pass over one tree. */
    private final class Walk {
        /** Kubernetes, too, stops telling after a while; the rest would help nobody. */
        private static final int MOST_FINDINGS = 100;

        private final boolean prune;
        private final List<String> unknown = new ArrayList<>();
        private final List<String> mistyped = new ArrayList<>();

        private Walk(boolean prune) {
            this.prune = prune;
        }

        private Findings run(JsonNode object) {
            value(object, root, "", new GoPath("", ""));
            return new Findings(unknown, mistyped);
        }

        private void value(JsonNode value, SchemaType type, String path, GoPath go) {
            if (value.isNull()) {
                return;
            }
            if (type instanceof SchemaType.Structure structure) {
                if (value instanceof ObjectNode object) {
                    structure(object, structure, path, go);
                } else {
                    wrong(value, go, structure.name());
                }
            } else if (type instanceof SchemaType.ListOf list) {
                if (value instanceof ArrayNode array) {
                    for (int i = 0; i < array.size(); i++) {
                        value(array.get(i), list.element(), path + "[" + i + "]", go);
                    }
                } else {
                    wrong(value, go, type.goName());
                }
            } else if (type instanceof SchemaType.MapOf map) {
                if (value instanceof ObjectNode object) {
                    entries(object, map, path, go);
                } else {
                    wrong(value, go, type.goName());
                }
            } else if (type instanceof SchemaType.Leaf leaf && !leaf.accepts(value)) {
                wrong(value, go, leaf.goName());
            }
        }

        private void structure(ObjectNode object, SchemaType.Structure type, String path, GoPath go) {
            Map<String, SchemaType> fields = type.fields();
            Iterator<Map.Entry<String, JsonNode>> entries = object.properties().iterator();
            while (entries.hasNext()) {
                Map.Entry<String, JsonNode> entry = entries.next();
                String name = entry.getKey();
                String at = path.isEmpty() ? name : path + "." + name;
                SchemaType field = fields.get(name);
                if (field == null) {
                    report(unknown, "unknown field \"" + at + "\"");
                } else {
                    value(entry.getValue(), field, at, go.to(type.name(), name));
                }
                if (prune && (field == null || entry.getValue().isNull())) {
                    entries.remove();
                }
            }
        }

        private void entries(ObjectNode object, SchemaType.MapOf map, String path, GoPath go) {
            object.properties().forEach(entry -> value(entry.getValue(), map.value(), path + "." + entry.getKey(), go));
        }

        private void wrong(JsonNode value, GoPath go, String wanted) {
            String got = switch (value.getNodeType()) {
                case ARRAY -> "array";
                case OBJECT, POJO -> "object";
                case BOOLEAN -> "bool";
                case NUMBER -> wanted.equals("string") ? "number" : "number " + value.asText();
                default -> "string";
            };
            report(
                    mistyped,
                    "json: cannot unmarshal " + got + " into Go "
                            + (go.owner().isEmpty()
                                    ? "value of type v1." + kind
                                    : "struct field " + go.owner() + "." + go.path() + " of type " + wanted));
        }

        private void report(List<String> where, String what) {
            if (where.size() < MOST_FINDINGS) {
                where.add(what);
            }
        }
    }

    /**
     * A place as Go's decoder tells it.
     *
     * @param owner the structure that the field is in; empty for the whole object
     * @param path from the whole object, without the indexes of lists
     */
    private record GoPath(String owner, String path) {
        private GoPath to(String structure, String field) {
            return new GoPath(structure, path.isEmpty() ? field : path + "." + field);
        }
    }
}
