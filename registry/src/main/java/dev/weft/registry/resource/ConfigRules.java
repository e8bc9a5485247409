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
                if (field.equals("binaryData") && object.path("data").has(entry.getKey())) {
                    faults.add(FieldError.invalid(
                            "data[" + entry.getKey() + "]", entry.getKey(), "duplicate of key present in binaryData"));
                }
            }
        }
        if (secret) {
            required(object, faults);
        }
        if (bytes > MOST_BYTES) {
            faults.add(new FieldError(
                    secret ? "data" : "[]",
                    FieldError.Reason.FieldValueTooLong,
                    "Too long: may not be more than " + MOST_BYTES + " bytes"));
        }
        return faults;
    }

    /** What Secrets of the well-known types must hold. */
    private static void required(JsonNode secret, List<FieldError> faults) {
        switch (Trees.text(secret, "type")) {
            case "kubernetes.io/tls" -> List.of("tls.crt", "tls.key").forEach(key -> has(secret, key, faults));
            case "kubernetes.io/dockerconfigjson" -> json(secret, ".dockerconfigjson", faults);
            case "kubernetes.io/dockercfg" -> json(secret, ".dockercfg", faults);
            case "kubernetes.io/ssh-auth" -> has(secret, "ssh-privatekey", faults);
            case "kubernetes.io/basic-auth" -> {
                if (!secret.path("data").has("username") && !secret.path("data").has("password")) {
                    List.of("username", "password").forEach(key -> has(secret, key, faults));
                }
            }
            case "kubernetes.io/service-account-token" -> {
                String name = "kubernetes.io/service-account.name";
                if (secret.path("metadata")
                        .path("annotations")
                        .path(name)
                        .asText()
                        .isEmpty()) {
                    faults.add(FieldError.required("metadata.annotations[" + name + "]", ""));
                }
            }
            default -> {
                // Whatever its writer likes.
            }
        }
    }

    private static boolean has(JsonNode secret, String key, List<FieldError> faults) {
        if (!secret.path("data").has(key)) {
            faults.add(FieldError.required("data[" + key + "]", ""));
            return false;
        }
        return true;
    }

    private static void json(JsonNode secret, String key, List<FieldError> faults) {
        if (has(secret, key, faults)
                && !JsonBytes.isObject(decoded(secret.path("data").path(key).asText()))) {
            faults.add(FieldError.invalid("data[" + key + "]", "<secret contents redacted>", "must be a JSON object"));
        }
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getMimeDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    @Override
    public String undecodable(JsonNode object) {
        for (JsonNode value : Trees.at(object, secret ? "data" : "binaryData")) {
            int fault = firstIllegal(value.asText());
            if (fault >= 0) {
                return "illegal base64 data at input byte " + fault;
            }
        }
        return "";
    }

    /** Where a text stops to be base64 with padding, counted as Go counts; -1 if it is base64. */
    private static int firstIllegal(String text) {
        int inGroup = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (isDigit(c)) {
                inGroup = (inGroup + 1) % 4;
            } else if (c == '=' && inGroup >= 2) {
                return illegalAfterPadding(text, at + 1, inGroup == 2);
            } else if (c != '\r' && c != '\n') {
                return at;
            }
        }
        return inGroup == 0 ? -1 : text.length() - inGroup;
    }

    private static int illegalAfterPadding(String text, int from, boolean onceMore) {
        boolean due = onceMore;
        for (int at = from; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '=' && due) {
                due = false;
            } else if (c != '\r' && c != '\n') {
                return at;
            }
        }
        return due ? text.length() : -1;
    }

    private static boolean isDigit(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
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
