package dev.weft.api.body;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.body.JsonReading.Malformed;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.DuplicateFields;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Write.PatchType;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads request bodies. Safe for many threads; every method throws {@link RequestRefused} and nothing else. */
public final class RequestBodies {
    private static final List<String> OBJECT_TYPES = List.of(MediaType.JSON, MediaType.YAML, MediaType.PROTOBUF);

    /** What a missing Content-Type looks like: kubectl sends PUT …/scale without one. */
    private static final Set<String> UNTYPED = Set.of("", "none/none", "application/octet-stream");

    private static final Map<String, PatchType> PATCH_TYPES = Map.of(
            "application/json-patch+json", PatchType.JSON_PATCH,
            "application/merge-patch+json", PatchType.MERGE_PATCH,
            "application/strategic-merge-patch+json", PatchType.STRATEGIC_MERGE_PATCH,
            "application/apply-patch+yaml", PatchType.SERVER_SIDE_APPLY);

    private static final List<String> PATCH_TYPE_NAMES = List.of(
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/apply-patch+yaml",
            "application/strategic-merge-patch+json");

    private static final Set<String> OPERATION_MEMBERS = Set.of("op", "path", "from", "value");
    private static final int MOST_LAXITIES = 100;

    private final JsonReading json = new JsonReading();
    private final YamlReading yaml = new YamlReading(json);
    private final ProtobufReading protobuf = new ProtobufReading(json);

    /**
     * What a body must hold.
     *
     * @param apiVersion as in the URL
     * @param kind of the URL's resource
     * @param storedApiVersion in which the registry wants it
     */
    public record Expected(String apiVersion, String kind, String storedApiVersion) {}

    /**
     * One object.
     *
     * @param tree to look into
     * @param json the same as bytes: the client's own where nothing had to be changed, so that doubled fields are seen
     */
    public record ObjectBody(ObjectNode tree, JsonBytes json) {}

    /** The object of a create or update. What leaves out kind and apiVersion is taken for what the URL says. */
    public ObjectBody object(MediaType type, byte[] body, Expected expected) {
        YamlDocument document = yamlDocument(type, body, expected.kind());
        ObjectNode tree =
                document == null ? tree(type, body, expected.kind()) : object(document.tree(), expected.kind());
        String apiVersion = text(tree, "apiVersion", expected.apiVersion());
        String kind = text(tree, "kind", expected.kind());
        if (!kind.equals(expected.kind())) {
            throw RequestRefused.badRequest(kind + " in version \"" + apiVersion + "\" cannot be handled as a "
                    + expected.kind() + ": the URL and the object's kind do not match");
        }
        if (!apiVersion.equals(expected.apiVersion())) {
            throw RequestRefused.badRequest("the API version in the data (" + apiVersion
                    + ") does not match the expected API version (" + expected.apiVersion() + ")");
        }
        boolean ownBytes = isJson(type)
                && !tree.isEmpty()
                && saysNothingBut(kind, "kind", tree)
                && saysNothingBut(expected.storedApiVersion(), "apiVersion", tree);
        String missing = missing(tree, "kind", kind) + missing(tree, "apiVersion", expected.storedApiVersion());
        tree.put("kind", kind);
        tree.put("apiVersion", expected.storedApiVersion());
        if (document != null) {
            return new ObjectBody(tree, document.json());
        }
        if (!ownBytes) {
            return new ObjectBody(tree, JsonBytes.of(tree));
        }
        return new ObjectBody(
                tree, missing.isEmpty() ? JsonBytes.ofUtf8(body) : JsonBytes.adopt(inserted(body, missing)));
    }

    private static boolean saysNothingBut(String value, String field, ObjectNode tree) {
        return !tree.has(field) || value.equals(tree.path(field).textValue());
    }

    private static String missing(ObjectNode tree, String field, String value) {
        return tree.has(field) ? "" : "\"" + field + "\":\"" + value + "\",";
    }

    /** The client's own bytes with members before theirs, so that doubled fields are still seen. */
    private static byte[] inserted(byte[] body, String members) {
        int open = 0;
        while (body[open] != '{') {
            open++;
        }
        byte[] more = members.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(body.length + more.length)
                .put(body, 0, open + 1)
                .put(more)
                .put(body, open + 1, body.length - open - 1)
                .array();
    }

    /** An object of whatever kind, such as {@code DeleteOptions}; empty if there is no body. */
    public ObjectNode options(MediaType type, byte[] body, String kind) {
        if (body.length == 0) {
            return com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
        }
        ObjectNode options = tree(type, body, kind);
        if (!text(options, "kind", kind).equals(kind)) {
            throw RequestRefused.badRequest("decoded object cannot be converted to " + kind + ": it is a "
                    + text(options, "kind", kind) + " of version \"" + text(options, "apiVersion", "") + "\"");
        }
        return options;
    }

    /** Which patch a content type announces. */
    public PatchType patchType(MediaType type) {
        PatchType patch = PATCH_TYPES.get(type.name());
        if (patch == null) {
            throw new RequestRefused(Refusals.unsupportedMediaType(PATCH_TYPE_NAMES));
        }
        return patch;
    }

    /** The body of a patch: an array for JSON patch, else an object. */
    public JsonNode patch(PatchType type, byte[] body) {
        boolean apply = type == PatchType.SERVER_SIDE_APPLY;
        String error = apply ? "error decoding YAML: " : "error decoding patch: ";
        try {
            JsonNode tree = apply ? yaml(body) : json.read(body);
            boolean array = type == PatchType.JSON_PATCH;
            if (array ? !tree.isArray() : !tree.isObject()) {
                throw RequestRefused.badRequest(
                        error + "expected " + (array ? "an array" : "an object") + ", got " + shape(tree));
            }
            return tree;
        } catch (Malformed e) {
            throw RequestRefused.badRequest(error + e.reason());
        }
    }

    /**
     * What a patch says that a strict reader would not take: names that stand twice, and what no operation has.
     *
     * @param read the patch of that body
     * @return a sentence each
     */
    public List<String> laxities(PatchType type, byte[] body, JsonNode read) {
        return switch (type) {
            case JSON_PATCH -> unknownMembers(read);
            case SERVER_SIDE_APPLY -> startsLikeJson(body) ? DuplicateFields.find(body) : doubledInYaml(body);
            default -> DuplicateFields.find(body);
        };
    }

    private static List<String> unknownMembers(JsonNode operations) {
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < operations.size() && unknown.size() < MOST_LAXITIES; i++) {
            for (Map.Entry<String, JsonNode> member : operations.get(i).properties()) {
                if (!OPERATION_MEMBERS.contains(member.getKey())) {
                    unknown.add("unknown field \"[" + i + "]." + member.getKey() + "\"");
                }
            }
        }
        return unknown;
    }

    private List<String> doubledInYaml(byte[] body) {
        try {
            YamlDocument document = yaml.document(body);
            return document.repeats() ? DuplicateFields.find(document.json().toByteArray()) : List.of();
        } catch (Malformed e) {
            return List.of(); // it is no YAML either, which was told when it was read
        }
    }

    private ObjectNode tree(MediaType type, byte[] body, String kind) {
        try {
            return object(read(type, body), kind);
        } catch (Malformed e) {
            throw unrecognized(kind, e.reason());
        }
    }

    private static ObjectNode object(JsonNode tree, String kind) {
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw unrecognized(kind, "expected an object, got " + shape(tree));
    }

    /** Null where the body is of another type. */
    private @Nullable YamlDocument yamlDocument(MediaType type, byte[] body, String kind) {
        if (!type.name().equals(MediaType.YAML)) {
            return null;
        }
        try {
            return yaml.document(body);
        } catch (Malformed e) {
            throw unrecognized(kind, e.reason());
        }
    }

    private JsonNode read(MediaType type, byte[] body) throws Malformed {
        if (isJson(type)) {
            return json.read(body);
        }
        return switch (type.name()) {
            case MediaType.YAML -> yaml(body);
            case MediaType.PROTOBUF -> protobuf.read(body);
            default -> throw new RequestRefused(Refusals.unsupportedMediaType(OBJECT_TYPES));
        };
    }

    private static boolean isJson(MediaType type) {
        return type.name().equals(MediaType.JSON) || UNTYPED.contains(type.name());
    }

    /**
     * What looks like JSON may be YAML all the same, of the kind that hardly anybody writes. Of a name that stands twice the
     * last counts; who wants to be told asks for {@link #laxities}.
     */
    private JsonNode yaml(byte[] body) throws Malformed {
        if (!startsLikeJson(body)) {
            return yaml.document(body).tree();
        }
        try {
            return json.read(body);
        } catch (Malformed e) {
            return yaml.document(body).tree();
        }
    }

    private static boolean startsLikeJson(byte[] body) {
        int i = 0;
        while (i < body.length && Character.isWhitespace(body[i])) {
            i++;
        }
        return i < body.length && body[i] == '{';
    }

    private static String text(ObjectNode tree, String field, String otherwise) {
        JsonNode value = tree.path(field);
        return value.isTextual() && !value.asText().isEmpty() ? value.asText() : otherwise;
    }

    private static String shape(JsonNode tree) {
        return tree.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    }

    private static RequestRefused unrecognized(String kind, String detail) {
        return RequestRefused.badRequest("the object provided is unrecognized (must be of type " + kind
                + "): couldn't get version/kind; json parse error: " + detail);
    }
}
