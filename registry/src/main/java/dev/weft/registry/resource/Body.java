package dev.weft.registry.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.Write.FieldValidation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An object as a writer sent it, read: of the right kind, in the storage version, with known and well-typed fields only.
 *
 * @param object the caller's own
 * @param found what a lenient writer should hear
 */
record Body(ObjectNode object, List<String> found) {
    static Parsed<Body> read(ResourceKind kind, Schema schema, JsonBytes json, Write.Options options) {
        List<String> doubled =
                options.fieldValidation() == FieldValidation.IGNORE ? List.of() : json.lend(DuplicateFields::find);
        return readAny(json).then(tree -> typed(kind, tree)).then(object -> {
            Schema.Findings findings = schema.prune(object);
            List<String> found = new ArrayList<>(doubled);
            found.addAll(findings.unknown());
            if (!findings.mistyped().isEmpty()) {
                return Parsed.invalid(cannotBeHandled(kind, findings.mistyped().get(0)));
            }
            String undecodable = kind.rules().undecodable(object);
            if (!undecodable.isEmpty()) {
                return Parsed.invalid(cannotBeHandled(kind, undecodable));
            }
            if (options.fieldValidation() == FieldValidation.STRICT && !found.isEmpty()) {
                return Parsed.invalid(cannotBeHandled(kind, "strict decoding error: " + String.join(", ", found)));
            }
            return Parsed.valid(new Body(object, heard(options, found)));
        });
    }

    /** Any JSON value. */
    static Parsed<JsonNode> readAny(JsonBytes json) {
        try {
            return Parsed.valid(json.tree());
        } catch (JsonProcessingException e) {
            return Parsed.invalid(Refusal.badRequest("the object provided is unrecognized: couldn't get version/kind;"
                    + " json parse error: invalid JSON"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("reading from memory", e);
        }
    }

    /** What a patch made of an object. */
    static Parsed<Body> ofPatched(
            ResourceKind kind, Schema schema, JsonNode tree, Write.Options options, Write.PatchBody patch) {
        return typed(kind, tree).then(object -> {
            Schema.Findings findings = schema.prune(object);
            if (!findings.mistyped().isEmpty()) {
                return Parsed.invalid(
                        Refusal.unusablePatch(patch.json(), findings.mistyped().get(0)));
            }
            String undecodable = kind.rules().undecodable(object);
            if (!undecodable.isEmpty()) {
                return Parsed.invalid(Refusal.unusablePatch(patch.json(), undecodable));
            }
            if (options.fieldValidation() == FieldValidation.STRICT
                    && !findings.unknown().isEmpty()) {
                return Parsed.invalid(Refusal.unusablePatch(
                        patch.json(), "strict decoding error: " + String.join(", ", findings.unknown())));
            }
            return Parsed.valid(new Body(object, heard(options, findings.unknown())));
        });
    }

    private static Parsed<ObjectNode> typed(ResourceKind kind, JsonNode tree) {
        if (!(tree instanceof ObjectNode object)) {
            return Parsed.invalid(Refusal.badRequest("the object provided is unrecognized (must be of type "
                    + kind.kind() + "): couldn't get version/kind; json parse error: not an object"));
        }
        String sentKind = Trees.text(object, "kind");
        String sentVersion = Trees.text(object, "apiVersion");
        if (!sentKind.isEmpty() && !sentKind.equals(kind.kind())) {
            return Parsed.invalid(Refusal.badRequest(sentKind + " in version \"" + version(sentVersion)
                    + "\" cannot be handled as a " + kind.kind() + ": no kind \"" + sentKind
                    + "\" is registered here"));
        }
        boolean served = sentVersion.isEmpty()
                || kind.versions().stream().anyMatch(v -> kind.apiVersion(v).equals(sentVersion));
        if (!served) {
            return Parsed.invalid(Refusal.badRequest("the API version in the data (" + sentVersion
                    + ") does not match the expected API version (" + kind.apiVersion() + ")"));
        }
        object.put("apiVersion", kind.apiVersion());
        object.put("kind", kind.kind());
        JsonNode metadata = object.get("metadata");
        if (metadata == null || metadata.isNull()) {
            object.putObject("metadata");
        }
        return Parsed.valid(object);
    }

    private static String version(String apiVersion) {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }

    static List<String> heard(Write.Options options, List<String> found) {
        return options.fieldValidation() == FieldValidation.WARN ? found : List.of();
    }

    private static Refusal cannotBeHandled(ResourceKind kind, String why) {
        return Refusal.badRequest(kind.kind() + " in version \""
                + kind.versions().get(0) + "\" cannot be handled as a " + kind.kind() + ": " + why);
    }

    /** All that the user should hear about an object that is taken. */
    List<String> warnings(ResourceKind kind) {
        List<String> all = new ArrayList<>(found);
        all.addAll(kind.rules().warnings(object));
        return all;
    }
}
