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
    /** What can be made, for those who ask for something else. */
    static final List<String> OFFERED = List.of(MediaType.JSON, MediaType.YAML);

    private static final Set<String> JSON_RANGES = Set.of(MediaType.JSON, "application/*", "*/*");

    /** @param header values of {@code Accept}; none means anything */
    static Accepts parse(String header) {
        if (header.isBlank()) {
            return new Accepts(List.of(Form.PLAIN));
        }
        List<Form> forms = new ArrayList<>();
        for (String range : header.split(",", -1)) {
            MediaType type = MediaType.parse(range);
            boolean yaml = type.name().equals(MediaType.YAML);
            if (yaml || JSON_RANGES.contains(type.name())) {
                forms.add(new Form(type.parameter("as"), type.parameter("g"), type.parameter("v"), yaml));
            }
        }
        return new Accepts(List.copyOf(forms));
    }

    /** Whether an object without further wishes is fine. */
    boolean plain() {
        return forms.stream().anyMatch(Form::plain);
    }

    /** Whether YAML is liked best of what can be made. */
    boolean yaml() {
        return !forms.isEmpty() && forms.get(0).yaml();
    }

    /** For what comes in pieces, which YAML cannot carry. */
    Accepts streamed() {
        return new Accepts(forms.stream().filter(form -> !form.yaml()).toList());
    }

    /**
     * A form of JSON or YAML; the first three are empty for the object as it is.
     *
     * @param as e.g. {@code Table}
     * @param group e.g. {@code meta.k8s.io}
     */
    record Form(String as, String group, String version, boolean yaml) {
        static final Form PLAIN = new Form("", "", "", false);

        boolean plain() {
            return as.isEmpty() && group.isEmpty() && version.isEmpty();
        }
    }
}
