package dev.weft.registry.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("mentions what occurs in it, wherever that is, and nothing else")
    void mentions(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            String text = letters(random, random.nextInt(30));
            String sought = letters(random, 1 + random.nextInt(4)).replace('ä', 'a');

            assertThat(JsonBytes.ofUtf8(text.getBytes(StandardCharsets.UTF_8)).mentions(sought))
                    .as("%s in %s", sought, text)
                    .isEqualTo(text.contains(sought));
        }
    }

    private static String letters(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append("\"1ayzä".charAt(random.nextInt(6)));
        }
        return text.toString();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("is the same object when it is packed, whatever is in it")
    void packed(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 500; i++) {
            JsonBytes plain = JsonBytes.of(object(random, random.nextInt(1 + i * 8)));

            JsonBytes packed = plain.packed();

            assertThat(packed).as("object %s", i).isEqualTo(plain).hasSameHashCodeAs(plain);
            assertThat(packed.toString()).as("object %s", i).isEqualTo(plain.toString());
            assertThat(packed.toByteArray()).as("object %s", i).isEqualTo(plain.toByteArray());
            assertThat(packed.size()).as("object %s", i).isEqualTo(plain.size());
            assertThat(packed.packed()).isSameAs(packed);
        }
    }

    /** Of words that come again, of bytes that do not, and of long runs of one letter: all that the form has cases for. */
    private static ObjectNode object(SplittableRandom random, int size) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        int written = 0;
        for (int field = 0; written < size; field++) {
            int length = random.nextInt(1 + random.nextInt(1 + random.nextInt(2_000)));
            StringBuilder value = new StringBuilder();
            int kind = random.nextInt(4);
            for (int i = 0; i < length; i++) {
                value.append(
                        switch (kind) {
                            case 0 -> 'x';
                            case 1 -> (char) ('a' + i % 20);
                            case 2 -> (char) ('0' + random.nextInt(75));
                            default -> (char) (0x20 + random.nextInt(0x2000));
                        });
            }
            object.put("field-" + field, value.toString());
            written += length + 12;
        }
        return object;
    }

    @Test
    @DisplayName("takes a third of the memory, or less, where it is an imported EndpointSlice")
    void small() {
        SplittableRandom random = new SplittableRandom(7);
        StringBuilder endpoints = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            endpoints.append("""
                    ,{"addresses":["10.64.%d.%d"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"ip-10-1-%d-%d.eu-west-1.compute.internal","targetRef":{"kind":"Pod","namespace":"checkout-7","name":"payment-gateway-7-6d5f8c9b7d-%s","uid":"%s"},"zone":"eu-west-1a","hints":{"forZones":[{"name":"eu-west-1a"}]}}""".formatted(
                            random.nextInt(250),
                            random.nextInt(250),
                            random.nextInt(250),
                            random.nextInt(250),
                            Integer.toString(random.nextInt(1 << 25, 1 << 26), 36),
                            new UUID(random.nextLong(), random.nextLong())));
        }
        byte[] slice = """
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"payment-gateway-7-eu-west-1-prod-001-abcdefghij","namespace":"checkout-7","labels":{"endpointslice.kubernetes.io/managed-by":"federation.weft.dev","multicluster.kubernetes.io/service-name":"payment-gateway-7","multicluster.kubernetes.io/source-cluster":"eu-west-1-prod-001"},"uid":"0b0c6bd5-6e52-4c2c-9a0f-0d3f3a1f2f7e","creationTimestamp":"2026-11-22T07:00:00Z","generation":1,"resourceVersion":"117000000000000000"},"addressType":"IPv4","endpoints":[%s],"ports":[{"name":"http","protocol":"TCP","port":8080}]}""".formatted(endpoints.substring(1)).getBytes(StandardCharsets.UTF_8);

        assertThat(PackedJson.pack(slice)).hasSizeLessThan(slice.length / 3);
    }
}
