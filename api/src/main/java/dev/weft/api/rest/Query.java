package dev.weft.api.rest;

import dev.weft.api.problem.RequestRefused;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The query of a URL, decoded. */
record Query(Map<String, List<String>> values) {

    /** Reads a raw query; empty for none. */
    static Query parse(String raw) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                values.computeIfAbsent(name, any -> new ArrayList<>()).add(value);
            }
        }
        return new Query(values);
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw RequestRefused.badRequest("invalid URL escape in query: " + text);
        }
    }

    /** The first value, or nothing. */
    String first(String name) {
        return has(name) ? all(name).get(0) : "";
    }

    List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** As Kubernetes reads a flag: there, and neither {@code false} nor {@code 0}. */
    boolean flag(String name) {
        return has(name)
                && !first(name).equalsIgnoreCase("false")
                && !first(name).equals("0");
    }

    /**
     * A whole number.
     *
     * @return 0 if it is not there
     */
    long number(String name) {
        String text = first(name);
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw RequestRefused.badRequest(
                    "strconv.ParseInt: parsing \"" + text + "\": invalid syntax (in " + name + ")");
        }
    }
}
