package dev.weft.registry.shard;

import static dev.weft.registry.shard.DecidedShard.CONFIG_MAPS;
import static dev.weft.registry.shard.DecidedShard.PODS;
import static dev.weft.registry.shard.DecidedShard.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.registry.allocation.ServiceAddressing;
import dev.weft.registry.allocation.ServiceAddressing.Held;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.watch.Collection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A random history of one shard")
class ShardHistoryTest {
    private static final int STEPS = 150;
    private static final List<String> NAMESPACES = List.of("default", "blue", "green");

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("weft.seeds", 40));
    }

    @ParameterizedTest(name = "seed {0}: versions rise, replay gives the same bytes, what derives is up to date")
    @MethodSource("seeds")
    void holds(long seed) {
        Random random = new Random(seed);
        DecidedShard shard = new DecidedShard(seed);
        List<Outcome.Done> acknowledged = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            if (act(shard, random) instanceof Outcome.Done done) {
                acknowledged.add(done);
            }
        }
        versionsRise(shard, seed);
        replayIsTheSame(shard, seed);
        nothingIsOverdue(shard, seed);
        addressesAreUnique(shard, seed);
        everyNamespaceExists(shard, seed);
        assertThat(acknowledged).as("seed %d", seed).hasSizeGreaterThan(STEPS / 10);
    }

    private static Outcome act(DecidedShard shard, Random random) {
        String namespace = NAMESPACES.get(random.nextInt(NAMESPACES.size()));
        String name = "n" + random.nextInt(6);
        shard.now = shard.now.plusMillis(random.nextInt(40));
        switch (random.nextInt(24)) {
            case 0 -> shard.restart();
            case 1 -> shard.now = shard.now.plus(Duration.ofHours(1));
            case 2 -> shard.now = shard.now.minus(Duration.ofHours(1));
            case 3 -> shard.decide(List.of(), shard.state.version() + random.nextInt(1 << 22));
            default -> {}
        }
        return switch (random.nextInt(10)) {
            case 0, 1 -> shard.create(CONFIG_MAPS, "ConfigMap", namespace, name, finalizers(random));
            case 2 -> shard.create(SERVICES, "Service", namespace, name, service(random));
            case 3 -> shard.create(PODS, "Pod", namespace, name, ",'spec':{'containers':[{'name':'c','image':'i'}]}");
            case 4, 5 -> ready(shard, namespace, name, random);
            case 6 -> shard.create(Placement.NAMESPACES, "Namespace", "", namespace, "");
            case 7 ->
                random.nextInt(4) == 0
                        ? shard.delete(new ResourceKey(Placement.NAMESPACES, "", namespace))
                        : unfinalize(shard, namespace, name);
            case 8 -> released(shard, new ResourceKey(SERVICES, namespace, name));
            default -> shard.delete(new ResourceKey(random.nextBoolean() ? PODS : CONFIG_MAPS, namespace, name));
        };
    }

    private static String finalizers(Random random) {
        return random.nextInt(5) == 0 ? ",'data':{'a':'1'}" : "";
    }

    private static String service(Random random) {
        String wish = random.nextInt(3) == 0 ? "'clusterIP':'127.96.0." + (10 + random.nextInt(3)) + "'," : "";
        return ",'spec':{" + wish + "'selector':{'app':'web'},'ports':[{'port':80}]}";
    }

    private static Outcome ready(DecidedShard shard, String namespace, String name, Random random) {
        ResourceKey key = new ResourceKey(PODS, namespace, name);
        String patch = random.nextBoolean()
                ? "{'metadata':{'labels':{'app':'" + (random.nextInt(3) > 0 ? "web" : "other") + "'}}}"
                : "{'status':{'phase':'Running','podIP':'10.0.0.9','podIPs':[{'ip':'10.0.0.9'}],'conditions':[{'type':"
                        + "'Ready','status':'" + (random.nextBoolean() ? "True" : "False") + "'}]}}";
        return shard.write(new Write.Patch(
                key,
                patch.contains("status") ? "status" : "",
                Write.PatchType.MERGE_PATCH,
                new Write.PatchBody(FakeShard.tree(patch), false),
                Write.Options.DEFAULT));
    }

    private static Outcome unfinalize(DecidedShard shard, String namespace, String name) {
        return shard.find(CONFIG_MAPS, namespace, name)
                .map(present -> {
                    var tree = present.json().toTree();
                    tree.withObjectProperty("metadata").putArray("finalizers").add("example.com/f");
                    if (present.json().mentions("finalizers")) {
                        tree.withObjectProperty("metadata").remove("finalizers");
                    }
                    return shard.write(new Write.Update(present.key(), "", JsonBytes.of(tree), Write.Options.DEFAULT));
                })
                .orElseGet(() -> shard.delete(new ResourceKey(CONFIG_MAPS, namespace, name)));
    }

    private static Outcome released(DecidedShard shard, ResourceKey service) {
        Outcome outcome = shard.delete(service);
        if (outcome instanceof Outcome.Done done && done.effect() == Write.Effect.DELETED) {
            Resource gone = done.object();
            shard.release(
                    ServiceAddressing.held(gone.json().toTree()).stream()
                            .map(held -> new dev.weft.registry.allocation.Grant(
                                    new dev.weft.registry.allocation.Claim(held.pool(), "", gone.key(), ""),
                                    held.value()))
                            .toList(),
                    gone.version());
        }
        return outcome;
    }

    private static void versionsRise(DecidedShard shard, long seed) {
        long last = 0;
        ShardState state = ShardState.EMPTY;
        for (ShardEvent event : shard.events) {
            for (Change change : event.changes(state)) {
                assertThat(change.version())
                        .as("seed %d: %s", seed, change.key())
                        .isGreaterThan(last);
                last = change.version();
                Resource after = change.after();
                if (after != null) {
                    assertThat(after.json()
                                    .toTree()
                                    .path("metadata")
                                    .path("resourceVersion")
                                    .asText())
                            .as("seed %d", seed)
                            .isEqualTo("" + change.version());
                }
            }
            state = state.after(event);
            assertThat(state.clockFloor()).as("seed %d", seed).isGreaterThanOrEqualTo(state.version());
        }
    }

    private static void replayIsTheSame(DecidedShard shard, long seed) {
        ShardState state = ShardState.EMPTY;
        for (ShardEvent event : shard.events) {
            state = state.after(event);
        }
        List<Resource> replayed = new ArrayList<>();
        state.objects().all().forEach(replayed::add);
        assertThat(replayed).as("seed %d", seed).isEqualTo(shard.all());
        assertThat(state.version()).isEqualTo(shard.state.version());
        assertThat(state.clockFloor()).isEqualTo(shard.state.clockFloor());
    }

    /** A restart fills all indexes from scratch and says what is out of date: nothing may be. */
    private static void nothingIsOverdue(DecidedShard shard, long seed) {
        shard.restart();
        assertThat(shard.decide(List.of(), 0).event()).as("seed %d", seed).isEmpty();
    }

    private static void addressesAreUnique(DecidedShard shard, long seed) {
        Set<Held> all = new HashSet<>();
        for (Resource service : shard.state.objects().range(Collection.everywhere(SERVICES))) {
            for (Held held : ServiceAddressing.held(service.json().toTree())) {
                assertThat(all.add(held))
                        .as("seed %d: %s held twice", seed, held)
                        .isTrue();
                assertThat(shard.state
                                .objects()
                                .get(new ResourceKey(Allocations.GRANTS, "", held.pool() + "/" + held.value())))
                        .as("seed %d: %s", seed, held)
                        .isNotNull();
            }
        }
    }

    private static void everyNamespaceExists(DecidedShard shard, long seed) {
        for (Resource object : shard.all()) {
            String namespace = object.key().namespace();
            if (!namespace.isEmpty()) {
                ResourceType type = Placement.NAMESPACES;
                assertThat(shard.find(type, "", namespace))
                        .as("seed %d: %s", seed, object.key())
                        .isPresent();
            }
        }
    }
}
