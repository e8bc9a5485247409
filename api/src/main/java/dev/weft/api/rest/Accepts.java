package dev.weft.api.rest;

import dev.weft.api.body.MediaType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a client accepts, in its order of preference.
 *
 * @param forms only those that can be made here
 */
record Accepts(List<Form> forms) {
    private static final Set<String> JSON_RANGES = Set.of(MediaType.JSON, "application/*", "*/*");

    /** @param header values of {@code Accept}; none means anything */
    static Accepts parse(String header) {
        if (header.isBlank()) {
            return new Accepts(List.of(Form.PLAIN));
        }
        List<Form> forms = new ArrayList<>();
        for (String range : header.split(",", -1)) {
            MediaType type = MediaType.parse(range);
            if (JSON_RANGES.contains(type.name())) {
                forms.add(new Form(type.parameter("as"), type.parameter("g"), type.parameter("v")));
            }
        }
        return new Accepts(List.copyOf(forms));
    }

    /** Whether JSON without further wishes is fine. */
    boolean plain() {
        return forms.contains(Form.PLAIN);
    }

    /**
     * A form of JSON; all empty for the object as it is.
     *
     * @param as e.g. {@code Table}
     * @param group e.g. {@code meta.k8s.io}
     */
    record Form(String as, String group, String version) {
        static final Form PLAIN = new Form("", "", "");
    }
}
