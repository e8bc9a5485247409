package dev.weft.registry.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The faults of an object")
class FieldErrorsTest {
    private static FieldErrors faults(int count) {
        FieldErrors faults = new FieldErrors();
        IntStream.range(0, count).forEach(i -> faults.add(FieldError.required("spec.ports[" + i + "].port", "")));
        return faults;
    }

    @Test
    @DisplayName("are all told where they are few")
    void few() {
        assertThat(faults(FieldErrors.MOST).told())
                .hasSize(FieldErrors.MOST)
                .allMatch(fault -> fault.field().startsWith("spec."));
        assertThat(faults(0).told()).isEmpty();
    }

    @Test
    @DisplayName("are told in part, and how many there are besides, where they are many")
    void many() {
        List<FieldError> told = faults(100_000).told();
        assertThat(told).hasSize(FieldErrors.MOST + 1);
        assertThat(told.get(FieldErrors.MOST))
                .isEqualTo(new FieldError("...", FieldError.Reason.FieldValueTooMany, "and 99900 more"));
    }

    @Test
    @DisplayName("are counted together, however they come")
    void together() {
        FieldErrors all = faults(60);
        all.addAll(faults(150));
        FieldErrors.add(all, () -> {
            throw new AssertionError("put into words for nobody");
        });
        assertThat(all.told())
                .last()
                .isEqualTo(new FieldError("...", FieldError.Reason.FieldValueTooMany, "and 111 more"));
    }

    @Test
    @DisplayName("that stand twice are found by their place, of which the beginning is shown")
    void duplicates() {
        assertThat(duplicates("{\"a\":[{},{\"b\":1,\"b\":2}],\"a\":{\"c\":[1,[2,{\"d\":0,\"d\":0}]]}}"))
                .containsExactly(
                        "duplicate field \"a[1].b\"", "duplicate field \"a\"", "duplicate field \"a.c[1][1].d\"");
        String name = "x".repeat(40_000);
        assertThat(duplicates("{\"" + name + "\":{\"b\":1,\"b\":2}}"))
                .singleElement()
                .satisfies(found -> assertThat(found).hasSizeLessThan(1_100).contains("xxx..."));
    }

    private static List<String> duplicates(String json) {
        return DuplicateFields.find(json.getBytes(StandardCharsets.UTF_8));
    }
}
