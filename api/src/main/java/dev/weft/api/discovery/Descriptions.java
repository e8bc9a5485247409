package dev.weft.api.discovery;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is told of kinds and fields, from the resource {@code descriptions.yaml}. Immutable. */
final class Descriptions {
    private static final String RESOURCE = "descriptions.yaml";
    private static final String PREFIX = "io.k8s.api.";
    private static final String ITSELF = "_";
    private static final String EVERY_OBJECT = "*";
    private static final Set<String> OF_OBJECTS = Set.of("apiVersion", "kind", "metadata");

    private final Map<String, Map<String, String>> texts;

    private Descriptions(Map<String, Map<String, String>> texts) {
        this.texts = texts;
    }

    /** Reads the resource. */
    static Descriptions load() {
        try (InputStream in = Descriptions.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path");
            }
            return new Descriptions(Map.copyOf(new YAMLMapper().readValue(in, new TypeReference<>() {})));
        } catch (IOException e) {
            throw new IllegalStateException(RESOURCE + " cannot be read", e);
        }
    }

    /** Of a structure; null for none. */
    @Nullable
    String of(String definition) {
        return text(definition, ITSELF);
    }

    /**
     * Of a field; null for none.
     *
     * @param siblings all fields of the structure: where they are those of an object, some go without saying
     */
    @Nullable
    String of(String definition, String field, Set<String> siblings) {
        String own = text(definition, field);
        boolean object = OF_OBJECTS.contains(field) && siblings.containsAll(OF_OBJECTS);
        return own == null && object
                ? texts.getOrDefault(EVERY_OBJECT, Map.of()).get(field)
                : own;
    }

    /** Every structure and field that something is told of, as {@code definition} or {@code definition.field}. */
    Map<String, Map<String, String>> all() {
        return texts;
    }

    private @Nullable String text(String definition, String field) {
        String key = definition.startsWith(PREFIX) ? definition.substring(PREFIX.length()) : definition;
        return texts.getOrDefault(key, Map.of()).get(field);
    }
}
