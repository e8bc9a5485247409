package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        return new Walk(Mode.CHECK).run(object);
    }

    /**
     * As {@link #check}, and brings the tree into the form in which it is stored, in place: without unknown fields and nulls,
     * with times and quantities in their canonical texts.
     */
    public Findings prune(ObjectNode object) {
        return new Walk(Mode.PRUNE).run(object);
    }

    /** Brings an object that was stored under the looser rules of earlier versions into the form of {@link #prune}. */
    void heal(ObjectNode object) {
        new Walk(Mode.HEAL).run(object);
    }

    private enum Mode {
        CHECK,
        PRUNE,
        /** What cannot be read is dropped rather than told. */
        HEAL
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

        private final Mode mode;
        private final List<String> unknown = new ArrayList<>();
        private final List<String> mistyped = new ArrayList<>();

        private Walk(Mode mode) {
            this.mode = mode;
        }

        private Findings run(JsonNode object) {
            value(object, root, Place.ROOT);
            return new Findings(unknown, mistyped);
        }

        /** What is to stand in the place of a value; the value itself, nearly always. */
        private JsonNode value(JsonNode value, SchemaType type, Place place) {
            if (value.isNull()) {
                return value;
            }
            if (type instanceof SchemaType.Structure structure) {
                if (value instanceof ObjectNode object) {
                    structure(object, structure, place);
                } else {
                    wrong(value, place, structure.name());
                }
            } else if (type instanceof SchemaType.ListOf list) {
                if (value instanceof ArrayNode array) {
                    elements(array, list, place);
                } else {
                    wrong(value, place, type.goName());
                }
            } else if (type instanceof SchemaType.MapOf map) {
                if (value instanceof ObjectNode object) {
                    entries(object, map, place);
                } else {
                    wrong(value, place, type.goName());
                }
            } else if (type instanceof SchemaType.Leaf leaf) {
                return leaf(value, leaf, place);
            }
            return value;
        }

        private JsonNode leaf(JsonNode value, SchemaType.Leaf leaf, Place place) {
            JsonNode stored = leaf.accepts(value) ? leaf.stored(value, mode == Mode.HEAL) : null;
            if (stored == null) {
                String why = leaf.unreadable(value);
                if (why.isEmpty()) {
                    wrong(value, place, leaf.goName());
                } else if (mistyped.size() < MOST_FINDINGS) {
                    mistyped.add(why);
                }
                return mode == Mode.HEAL ? NullNode.getInstance() : value;
            }
            return stored;
        }

        private void structure(ObjectNode object, SchemaType.Structure type, Place place) {
            Map<String, SchemaType> fields = type.fields();
            Iterator<Map.Entry<String, JsonNode>> entries = object.properties().iterator();
            while (entries.hasNext()) {
                Map.Entry<String, JsonNode> entry = entries.next();
                String name = entry.getKey();
                SchemaType field = fields.get(name);
                JsonNode stored = NullNode.getInstance();
                if (field != null) {
                    stored = value(entry.getValue(), field, place.field(type.name(), name));
                } else if (unknown.size() < MOST_FINDINGS) {
                    unknown.add(
                            "unknown field \"" + place.field(type.name(), name).path() + "\"");
                }
                if (mode == Mode.CHECK) {
                    continue;
                }
                if (stored.isNull()) {
                    entries.remove();
                } else {
                    replace(entry, stored);
                }
            }
        }

        private void elements(ArrayNode array, SchemaType.ListOf list, Place place) {
            for (int i = 0; i < array.size(); i++) {
                JsonNode element = array.get(i);
                JsonNode stored = orZero(value(element, list.element(), place.element(i)), list.element());
                if (isOther(stored, element) && mode != Mode.CHECK) {
                    array.set(i, stored);
                }
            }
        }

        private void entries(ObjectNode object, SchemaType.MapOf map, Place place) {
            for (Map.Entry<String, JsonNode> entry : object.properties()) {
                JsonNode stored = value(entry.getValue(), map.value(), place.entry(entry.getKey()));
                if (mode != Mode.CHECK) {
                    replace(entry, orZero(stored, map.value()));
                }
            }
        }

        private static void replace(Map.Entry<String, JsonNode> entry, JsonNode stored) {
            if (isOther(stored, entry.getValue())) {
                entry.setValue(stored);
            }
        }

        /** What needs no change comes back as it is; comparing whole trees would cost far more than it saves. */
        @SuppressWarnings("ReferenceEquality")
        private static boolean isOther(JsonNode stored, JsonNode value) {
            return stored != value;
        }

        /** In lists and maps a null is the zero value of the element's type, as for Go. */
        private static JsonNode orZero(JsonNode value, SchemaType type) {
            return value.isNull() ? type.zero() : value;
        }

        private void wrong(JsonNode value, Place place, String wanted) {
            if (mistyped.size() == MOST_FINDINGS) {
                return;
            }
            Place field = place.field();
            String got = switch (value.getNodeType()) {
                case ARRAY -> "array";
                case OBJECT, POJO -> "object";
                case BOOLEAN -> "bool";
                case NUMBER -> wanted.equals("string") ? "number" : "number " + value.asText();
                default -> "string";
            };
            mistyped.add("json: cannot unmarshal " + got + " into Go "
                    + (field.owner().isEmpty()
                            ? "value of type v1." + kind
                            : "struct field " + field.owner() + "." + field.goPath() + " of type " + wanted));
        }
    }

    /**
     * A place in an object; put into words only where something is wrong with it.
     *
     * @param owner the structure that has the field; empty for what is no field
     * @param step as it is written in a path, e.g. {@code .ports} or {@code [3]}
     */
    private record Place(@Nullable Place parent, String owner, String step, int index) {
        private static final Place ROOT = new Place(null, "", "", -1);

        private Place field(String structure, String name) {
            return new Place(this, structure, name, -1);
        }

        private Place entry(String name) {
            return new Place(this, "", name, -1);
        }

        private Place element(int at) {
            return new Place(this, "", "", at);
        }

        /** With the indexes of lists and the keys of maps. */
        private String path() {
            String before = parent == null ? "" : parent.path();
            if (index >= 0) {
                return before + "[" + index + "]";
            }
            return before.isEmpty() ? step : before + "." + step;
        }

        /** The nearest field that this is, or is in. */
        private Place field() {
            return parent == null || !owner.isEmpty() ? this : parent.field();
        }

        /** As Go's decoder tells it: fields only. */
        private String goPath() {
            String before = parent == null ? "" : parent.goPath();
            if (owner.isEmpty()) {
                return before;
            }
            return before.isEmpty() ? step : before + "." + step;
        }
    }
}
