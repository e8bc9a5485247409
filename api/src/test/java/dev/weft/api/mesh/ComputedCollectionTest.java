package dev.weft.api.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.ComputedCollection.Step;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Computed objects")
class ComputedCollectionTest {
    private final ComputedCollection collection = new ComputedCollection(() -> Instant.ofEpochMilli(1_000), 100);

    private static ComputedObject object(String name, String essence, int figure) {
        ResourceKey key = new ResourceKey(MeshKinds.CLUSTERS.type(), "", name);
        return new ComputedObject(key, essence, essence + figure, () -> {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.putObject("metadata").put("name", name);
            json.put("essence", essence).put("figure", figure);
            return json;
        });
    }

    private static String text(Resource resource) {
        return resource.json().toTree().path("essence").asText();
    }

    @Test
    @DisplayName("keep their version while only figures change, and get a later one when something of weight does")
    void versions() {
        collection.update(List.of(object("a", "x", 1)));
        Resource first = collection.objects().get(0);
        assertThat(first.version()).isEqualTo(collection.version());
        assertThat(first.json().toTree().at("/metadata/resourceVersion").asText())
                .isEqualTo(Long.toString(first.version()));
        assertThat(collection.update(List.of(object("a", "x", 2)))).isEmpty();
        Resource second = collection.objects().get(0);
        assertThat(second.version()).isEqualTo(first.version());
        assertThat(second.json().toTree().path("figure").asInt()).isEqualTo(2);
        List<Step> steps = collection.update(List.of(object("a", "y", 2)));
        assertThat(steps).hasSize(1);
        assertThat(collection.objects().get(0).version()).isGreaterThan(first.version());
        assertThat(collection.objects().get(0).uid()).isEqualTo(first.uid());
    }

    @Test
    @DisplayName("that are gone are told of with the version at which they went")
    void gone() {
        collection.update(List.of(object("a", "x", 1)));
        Step step = collection.update(List.of()).get(0);
        assertThat(step.after()).isNull();
        assertThat(Objects.requireNonNull(step.before()).version()).isEqualTo(step.version());
        assertThat(collection.objects()).isEmpty();
    }

    @Test
    @DisplayName("forget their history beyond a bound, and know no version that they never gave out")
    void forgotten() {
        ComputedCollection shortLived = new ComputedCollection(() -> Instant.ofEpochMilli(1_000), 2);
        List<Long> versions = new ArrayList<>(List.of(shortLived.version()));
        for (int i = 0; i < 4; i++) {
            shortLived.update(List.of(object("a", "x" + i, 1)));
            versions.add(shortLived.version());
        }
        assertThat(shortLived.since(versions.get(0))).isNull();
        assertThat(shortLived.since(versions.get(1))).isNull();
        assertThat(shortLived.since(versions.get(2))).hasSize(2);
        assertThat(shortLived.since(versions.get(4))).isEmpty();
        assertThat(shortLived.since(versions.get(4) + 1)).isNull();
        assertThat(shortLived.since(7)).isNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    @DisplayName("can be followed from any version: list and changes come to what there is")
    void followed(long seed) {
        Random random = new Random(seed);
        Map<String, String> followed = new TreeMap<>();
        long seen = collection.version();
        for (int round = 0; round < 200; round++) {
            List<ComputedObject> now = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                if (random.nextInt(4) > 0) {
                    now.add(object("n" + i, "e" + random.nextInt(3), random.nextInt(9)));
                }
            }
            collection.update(now);
            if (random.nextBoolean()) {
                List<Step> missed = collection.since(seen);
                assertThat(missed).as("seed " + seed).isNotNull();
                long last = seen;
                for (Step step : missed) {
                    assertThat(step.version()).as("seed " + seed).isGreaterThan(last);
                    last = step.version();
                    Resource after = step.after();
                    if (after == null) {
                        followed.remove(
                                Objects.requireNonNull(step.before()).key().name());
                    } else {
                        followed.put(after.key().name(), text(after));
                    }
                }
                seen = collection.version();
                Map<String, String> present = new TreeMap<>();
                collection.objects().forEach(each -> present.put(each.key().name(), text(each)));
                assertThat(followed).as("seed " + seed).isEqualTo(present);
            }
        }
    }
}
