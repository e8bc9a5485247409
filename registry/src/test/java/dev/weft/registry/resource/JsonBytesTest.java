package dev.weft.registry.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A stored JSON object")
class JsonBytesTest {
    private static final JsonBytes OBJECT = JsonBytes.adopt("""
            {"kind":"A","list":[{"metadata":{"name":"inner"}},2],"metadata":{"labels":{"a":"1"},"name":"outer","n":null},"z":7}""".getBytes(StandardCharsets.UTF_8));

    @ParameterizedTest
    @CsvSource({"metadata.name", "metadata.labels", "metadata.labels.a", "list", "z", "kind"})
    @DisplayName("tells what stands at a path as its tree does")
    void at(String path) {
        String[] names = path.split("\\.", -1);

        assertThat(OBJECT.at(names)).isEqualTo(Trees.at(OBJECT.toTree(), names));
    }

    @ParameterizedTest
    @CsvSource({"metadata.none", "none.name", "list.metadata", "kind.name", "z.z.z"})
    @DisplayName("has nothing at a path that leads nowhere")
    void nowhere(String path) {
        assertThat(OBJECT.at(path.split("\\.", -1)).isMissingNode()).isTrue();
    }

    @Test
    @DisplayName("is the whole of itself at the empty path")
    void whole() {
        assertThat(OBJECT.at()).isEqualTo(OBJECT.toTree());
    }
}
