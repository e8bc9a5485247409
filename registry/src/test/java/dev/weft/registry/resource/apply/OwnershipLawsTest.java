package dev.weft.registry.resource.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.resource.apply.FieldType.KeyedList;
import dev.weft.registry.resource.apply.FieldType.Leaf;
import dev.weft.registry.resource.apply.FieldType.ListKey;
import dev.weft.registry.resource.apply.FieldType.MapOf;
import dev.weft.registry.resource.apply.FieldType.Structure;
import dev.weft.registry.resource.apply.ServerSideApply.Applier;
import dev.weft.registry.resource.apply.ServerSideApply.Result;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold of applies whatever is applied: random objects of a type that has every sort of part. */
@DisplayName("Ownership, for any objects,")
class OwnershipLawsTest {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int ROUNDS = 150;
    private static final FieldType TYPE = type();

    private static FieldType type() {
        FieldType item = new Structure(() -> Map.of("key", Leaf.ATOMIC, "x", Leaf.ATOMIC, "m", new MapOf(Leaf.ATOMIC)));
        FieldType list = new KeyedList(List.of(new ListKey("key", null)), item);
        FieldType inner = new Structure(() -> Map.of("a", Leaf.ATOMIC, "b", Leaf.ATOMIC, "items", list));
        return new Structure(() -> Map.of(
                "s",
                Leaf.ATOMIC,
                "inner",
                inner,
                "map",
                new MapOf(Leaf.ATOMIC),
                "set",
                Leaf.SET,
                "whole",
                Leaf.ATOMIC));
    }

    private final ServerSideApply rules = new ServerSideApply(TYPE);

    /** A random object; its leaves are even or odd, so that two writers can differ in what they say. */
    private static ObjectNode object(Random random, int leaf) {
        ObjectNode object = NODES.objectNode();
        if (random.nextBoolean()) {
            object.put("s", leaf);
        }
        if (random.nextBoolean()) {
            ObjectNode inner = object.putObject("inner").put("a", leaf);
            if (random.nextBoolean()) {
                inner.put("b", leaf);
            }
            items(inner.putArray("items"), random, leaf);
        }
        if (random.nextBoolean()) {
            map(object.putObject("map"), random, leaf);
        }
        if (random.nextBoolean()) {
            Set<Integer> values = new HashSet<>();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                values.add(random.nextInt(5));
            }
            ArrayNode set = object.putArray("set");
            values.forEach(set::add);
        }
        if (random.nextBoolean()) {
            object.putArray("whole").add(leaf);
        }
        return object;
    }

    private static void items(ArrayNode items, Random random, int leaf) {
        for (int key = 0; key < 5; key++) {
            if (random.nextInt(3) == 0) {
                ObjectNode item = items.addObject().put("key", key);
                if (random.nextBoolean()) {
                    item.put("x", leaf);
                }
                if (random.nextBoolean()) {
                    map(item.putObject("m"), random, leaf);
                }
            }
        }
        if (items.isEmpty()) {
            items.addObject().put("key", 9);
        }
    }

    private static void map(ObjectNode map, Random random, int leaf) {
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            map.put("k" + random.nextInt(4), leaf);
        }
    }

    private Result apply(ObjectNode live, Ownership ownership, String manager, ObjectNode said, boolean force) {
        return rules.apply(
                live, said, ownership, new Applier(manager, "", "v1", "2026-01-01T00:00:00Z"), FieldSet.EMPTY, force);
    }

    private Result.Merged merged(ObjectNode live, Ownership ownership, String manager, ObjectNode said) {
        return (Result.Merged) apply(live, ownership, manager, said, true);
    }

    private FieldSet fields(JsonNode object) {
        return OwnedFields.of(TYPE, object);
    }

    @ParameterizedTest(name = "seed {0}")
    @DisplayName("applying twice is applying once")
    @ValueSource(longs = {1, 2, 3})
    void idempotent(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode said = object(random, 1);
            Result.Merged once = merged(object(random, 2), Ownership.NONE, "a", said);
            Result.Merged twice = merged(once.object(), once.ownership(), "a", said);

            assertThat(twice.object()).as("seed %d round %d", seed, round).isEqualTo(once.object());
            assertThat(twice.ownership()).as("seed %d round %d", seed, round).isEqualTo(once.ownership());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @DisplayName("what was applied stands in the object as it was said, and who applied it owns just that")
    @ValueSource(longs = {4, 5, 6})
    void said(long seed) {
        Random random = new Random(seed);
        ObjectNode live = object(random, 0);
        Ownership ownership = Ownership.NONE;
        for (int round = 0; round < ROUNDS; round++) {
            String manager = "m" + random.nextInt(3);
            ObjectNode said = object(random, random.nextInt(3));
            Result.Merged merged = merged(live, ownership, manager, said);

            Comparison differences = Comparison.of(TYPE, said, merged.object());
            assertThat(differences.modified().union(differences.removed()).paths())
                    .as("seed %d round %d: %s in %s", seed, round, said, merged.object())
                    .isEmpty();
            assertThat(merged.ownership().of(Owner.applier(manager, ""))).isEqualTo(fields(said));
            assertThat(rules.faults(merged.object())).isEmpty();
            live = merged.object();
            ownership = merged.ownership();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @DisplayName("a field goes with its last owner, and not before; what nobody ever applied stays")
    @ValueSource(longs = {7, 8, 9})
    void removal(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode first = object(random, 1);
            ObjectNode second = object(random, 1);
            Result.Merged one = merged(NODES.objectNode(), Ownership.NONE, "a", first);
            Result.Merged two = merged(one.object(), one.ownership(), "b", second);
            Result.Merged without = merged(two.object(), two.ownership(), "a", NODES.objectNode());

            assertThat(without.object()).as("seed %d round %d", seed, round).isEqualTo(second);
            Result.Merged nobody = merged(without.object(), without.ownership(), "b", NODES.objectNode());
            assertThat(nobody.object()).isEmpty();
            assertThat(nobody.ownership().isEmpty()).isTrue();
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @DisplayName("two who say the same of what both mention never meet a conflict, and the order between them is free")
    @ValueSource(longs = {10, 11, 12})
    void agreement(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode first = object(random, 1);
            ObjectNode second = object(random, 1);
            Result.Merged a = merged(NODES.objectNode(), Ownership.NONE, "a", first);
            Result ab = apply(a.object(), a.ownership(), "b", second, false);
            Result.Merged b = merged(NODES.objectNode(), Ownership.NONE, "b", second);
            Result ba = apply(b.object(), b.ownership(), "a", first, false);

            assertThat(ab).as("seed %d round %d", seed, round).isInstanceOf(Result.Merged.class);
            Result.Merged left = (Result.Merged) ab;
            Result.Merged right = (Result.Merged) ba;
            assertThat(fields(left.object())).isEqualTo(fields(right.object()));
            assertThat(left.ownership()).isEqualTo(right.ownership());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @DisplayName("an apply conflicts just where it would change what another owner said, and force takes just that")
    @ValueSource(longs = {13, 14, 15})
    void conflict(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Result.Merged one = merged(NODES.objectNode(), Ownership.NONE, "a", object(random, 1));
            ObjectNode second = object(random, 2);
            Result tried = apply(one.object(), one.ownership(), "b", second, false);
            FieldSet changed = Comparison.of(TYPE, one.object(), (ObjectNode) Merging.merge(TYPE, one.object(), second))
                    .written()
                    .intersection(one.ownership().of(Owner.applier("a", "")));

            FieldSet disputed = tried instanceof Result.Conflicting conflicting
                    ? conflicting.disputed().values().iterator().next()
                    : FieldSet.EMPTY;
            assertThat(disputed).as("seed %d round %d", seed, round).isEqualTo(changed);
            Result.Merged forced = merged(one.object(), one.ownership(), "b", second);
            assertThat(forced.ownership().of(Owner.applier("a", "")))
                    .isEqualTo(one.ownership().of(Owner.applier("a", "")).difference(changed));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @DisplayName("updates own what they changed, nobody owns what is gone, and the JSON form says it all")
    @ValueSource(longs = {16, 17, 18})
    void updates(long seed) {
        Random random = new Random(seed);
        ObjectNode live = object(random, 0);
        Ownership ownership = merged(live, Ownership.NONE, "a", live).ownership();
        for (int round = 0; round < ROUNDS; round++) {
            ObjectNode next = object(random, random.nextInt(3));
            Owner writer = Owner.updater("u" + random.nextInt(3), "v1", "");
            FieldSet before = ownership.of(writer);
            Comparison changes = Comparison.of(TYPE, live, next);
            ownership = rules.update(
                    live, next, ownership, writer, FieldSet.EMPTY, "2026-01-01T00:00:0" + round % 10 + "Z");

            assertThat(ownership.of(writer))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(before.difference(changes.removed()).union(changes.written()));
            assertThat(ownership.all().intersection(changes.removed()).paths()).isEmpty();
            assertThat(ManagedFields.read(ManagedFields.write(ownership))).contains(ownership);
            live = next;
        }
    }
}
