package dev.weft.registry.resource.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A set of fields")
class FieldSetTest {
    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static FieldSet set(String text) {
        return FieldsV1.read(json(text)).orElseThrow();
    }

    @ParameterizedTest
    @DisplayName("reads and writes the form that Kubernetes keeps")
    @ValueSource(
            strings = {
                "{}",
                "{\"f:data\":{\".\":{},\"f:a\":{}}}",
                "{\"f:spec\":{\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:port\":{}}}}}",
                "{\"f:metadata\":{\"f:finalizers\":{\"v:\\\"a/b\\\"\":{},\"v:7\":{}}}}",
                "{\"f:list\":{\"i:3\":{}}}"
            })
    void roundTrip(String text) {
        assertThat(FieldsV1.write(set(text))).isEqualTo(json(text));
    }

    @Test
    @DisplayName("knows a key by its values, in whatever order and width they come")
    void canonical() {
        assertThat(set("{\"k:{\\\"protocol\\\":\\\"TCP\\\",  \\\"port\\\":80}\":{}}"))
                .isEqualTo(set("{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{}}"));
    }

    @ParameterizedTest
    @DisplayName("is none where the form is not kept")
    @ValueSource(
            strings = {
                "[]",
                "{\"f\":{}}",
                "{\"x:a\":{}}",
                "{\"f:a\":1}",
                "{\"k:{\":{}}",
                "{\"k:[1]\":{}}",
                "{\"i:x\":{}}",
                "{\"v:\":{}}"
            })
    void malformed(String text) {
        assertThat(FieldsV1.read(json(text))).isEmpty();
    }

    @Test
    @DisplayName("joins, meets and lessens field by field, not branch by branch")
    void algebra() {
        FieldSet all = set("{\"f:a\":{\".\":{},\"f:b\":{},\"f:c\":{}}}");
        FieldSet branch = set("{\"f:a\":{}}");

        assertThat(all.difference(branch).paths()).containsExactly(".a.b", ".a.c");
        assertThat(all.intersection(branch)).isEqualTo(branch);
        assertThat(all.difference(branch).union(branch)).isEqualTo(all);
        assertThat(all.difference(all).isEmpty()).isTrue();
        assertThat(FieldSet.ofNames(List.of("a"), List.of("a", "b"), List.of("a", "c")))
                .isEqualTo(all);
    }

    @Test
    @DisplayName("shows fields as users know them from conflicts")
    void paths() {
        FieldSet set = set(
                "{\"f:a\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\"f:x\":{}},\"v:\\\"s\\\"\":{},\"i:2\":{}}}");

        assertThat(set.paths()).containsExactly(".a[port=80,protocol=\"TCP\"].x", ".a[=\"s\"]", ".a[2]");
    }
}
