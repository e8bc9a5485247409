package dev.weft.api.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.DuplicateFields;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A body")
class RequestBodiesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'data':{'a':'1','a':'2'}}",
                " {'kind':'ConfigMap','data':{'a':'1','a':'2'}}",
                "{'apiVersion':'v1','data':{'a':'1','a':'2'}}",
                "{'apiVersion':'v1','kind':'ConfigMap','data':{'a':'1','a':'2'}}"
            })
    @DisplayName("keeps its doubled fields where it leaves out what the URL says")
    void doubled(String text) {
        byte[] body = text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        RequestBodies.ObjectBody object = read(body);
        assertThat(DuplicateFields.find(object.json().toByteArray())).containsExactly("duplicate field \"data.a\"");
        assertThat(object.json().toTree()).isEqualTo(object.tree());
    }

    static Stream<Arguments> notUtf8() {
        String text = "{\"data\":{\"a\":\"?\"}}";
        return Stream.of(
                Arguments.of("an overlong form", inserted(text, 0xc1, 0xa1)),
                Arguments.of("an overlong slash", inserted(text, 0xc0, 0xaf)),
                Arguments.of("half a surrogate pair", inserted(text, 0xed, 0xa0, 0x80)),
                Arguments.of("beyond Unicode", inserted(text, 0xf4, 0x90, 0x80, 0x80)),
                Arguments.of("cut off", inserted(text, 0xe2, 0x82)),
                Arguments.of("UTF-16 without a mark", text.getBytes(StandardCharsets.UTF_16LE)),
                Arguments.of("UTF-16", text.getBytes(StandardCharsets.UTF_16)));
    }

    private static byte[] inserted(String text, int... bytes) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte each : text.getBytes(StandardCharsets.US_ASCII)) {
            if (each == '?') {
                Arrays.stream(bytes).forEach(body::write);
            } else {
                body.write(each);
            }
        }
        return body.toByteArray();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("notUtf8")
    @DisplayName("that is not UTF-8 is refused, of whatever kind the fault is")
    void encoding(String what, byte[] body) {
        assertThatThrownBy(() -> read(body)).isInstanceOf(RequestRefused.class);
    }

    @Test
    @DisplayName("may have any text of Unicode")
    void unicode() {
        String text = "{\"data\":{\"a\":\"gr\u00fc\u00df \u20ac \ud83d\ude00 \\u0000\"}}";
        assertThat(read(text.getBytes(StandardCharsets.UTF_8))
                        .json()
                        .toTree()
                        .at("/data/a")
                        .asText())
                .isEqualTo("gr\u00fc\u00df \u20ac \ud83d\ude00 \0");
    }

    private static RequestBodies.ObjectBody read(byte[] body) {
        return new RequestBodies()
                .object(MediaType.parse("application/json"), body, new RequestBodies.Expected("v1", "ConfigMap", "v1"));
    }
}
