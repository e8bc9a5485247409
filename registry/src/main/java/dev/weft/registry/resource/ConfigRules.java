package dev.weft.registry.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** ConfigMaps and Secrets: named data of at most 1 MiB, which may be frozen. */
final class ConfigRules implements KindRules {
    private static final int MOST_BYTES = 1024 * 1024;

    private final boolean secret;

    ConfigRules(boolean secret) {
        this.secret = secret;
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        if (!secret) {
            return;
        }
        Trees.putDefault(object, "type", "Opaque");
        // stringData is a convenience for writers: it is stored in data and never read back
        if (object.remove("stringData") instanceof ObjectNode texts) {
            ObjectNode data = Trees.object(object, "data");
            texts.properties()
                    .forEach(entry -> data.put(
                            entry.getKey(),
                            Base64.getEncoder()
                                    .encodeToString(entry.getValue().asText().getBytes(StandardCharsets.UTF_8))));
        }
    }

    @Override
    public List<FieldError> validate(JsonNode object) {
        List<FieldError> faults = new FieldErrors();
        long bytes = 0;
        for (String field : List.of("data", "binaryData")) {
            for (var entry : object.path(field).properties()) {
                String path = field + "[" + entry.getKey() + "]";
                Names.configKey(entry.getKey())
                        .forEach(why -> faults.add(FieldError.invalid(path, entry.getKey(), why)));
                String value = entry.getValue().asText();
                bytes += value.getBytes(StandardCharsets.UTF_8).length;
                boolean encoded = secret || field.equals("binaryData");
                if (encoded && !isBase64(value)) {
                    faults.add(FieldError.invalid(path, "<data>", "illegal base64 data"));
                }
                if (field.equals("binaryData") && object.path("data").has(entry.getKey())) {
                    faults.add(FieldError.invalid(
                            "data[" + entry.getKey() + "]", entry.getKey(), "duplicate of key present in binaryData"));
                }
            }
        }
        if (bytes > MOST_BYTES) {
            faults.add(new FieldError(
                    secret ? "data" : "",
                    FieldError.Reason.FieldValueTooLong,
                    "Too long: may not be more than " + MOST_BYTES + " bytes"));
        }
        return faults;
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getMimeDecoder().decode(text);
            return text.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || "+/=\r\n".indexOf(c) >= 0));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public List<FieldError> validateUpdate(JsonNode next, JsonNode present) {
        List<FieldError> faults = new FieldErrors();
        if (secret && !Trees.sameAt(next, present, "type")) {
            faults.add(FieldError.invalid("type", Trees.text(next, "type"), "field is immutable"));
        }
        if (Trees.at(present, "immutable").asBoolean()) {
            if (!Trees.at(next, "immutable").asBoolean()) {
                faults.add(FieldError.forbidden("immutable", "field is immutable when `immutable` is set"));
            }
            for (String field : List.of("data", "binaryData")) {
                if (!Trees.sameAt(next, present, field)) {
                    faults.add(FieldError.forbidden(field, "field is immutable when `immutable` is set"));
                }
            }
        }
        return faults;
    }
}
