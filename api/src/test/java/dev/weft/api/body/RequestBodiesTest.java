package dev.weft.api.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.resource.DuplicateFields;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
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
        RequestBodies.ObjectBody object = new RequestBodies()
                .object(MediaType.parse("application/json"), body, new RequestBodies.Expected("v1", "ConfigMap", "v1"));
        assertThat(DuplicateFields.find(object.json().toByteArray())).containsExactly("duplicate field \"data.a\"");
        assertThat(object.json().toTree()).isEqualTo(object.tree());
    }
}
