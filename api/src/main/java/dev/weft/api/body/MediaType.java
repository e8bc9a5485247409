package dev.weft.api.body;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A media type with its parameters, as it stands in {@code Content-Type} or {@code Accept}.
 *
 * @param name lower case, e.g. {@code application/json}; empty if the header was missing
 * @param parameters names in lower case
 */
public record MediaType(String name, Map<String, String> parameters) {
    public static final String JSON = "application/json";
    public static final String YAML = "application/yaml";
    public static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

    public MediaType {
        parameters = Map.copyOf(parameters);
    }

    /** Reads one media type; anything can be read, if only as a name that nobody knows. */
    public static MediaType parse(String text) {
        String[] parts = text.split(";", -1);
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0) {
                String value = parts[i].substring(equals + 1).trim();
                parameters.put(
                        parts[i].substring(0, equals).trim().toLowerCase(Locale.ROOT),
                        value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                                ? value.substring(1, value.length() - 1)
                                : value);
            }
        }
        return new MediaType(parts[0].trim().toLowerCase(Locale.ROOT), parameters);
    }

    /** A parameter, or nothing. */
    public String parameter(String key) {
        return parameters.getOrDefault(key, "");
    }
}
