package dev.weft.registry;

import static dev.weft.registry.RunningRegistry.CONFIG_MAPS;
import static dev.weft.registry.RunningRegistry.SERVICES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.JsonBytes;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.Write;
import dev.weft.registry.resource.Write.Effect;
import dev.weft.registry.resource.Write.Outcome;
import dev.weft.registry.shard.Placement;
import dev.weft.registry.testbed.TestStore;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.VersionMatch;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A write")
@ParameterizedClass
@EnumSource(TestStore.class)
class WritingTest {
    private static final Write.Options DRY = new Write.Options(true, "", Write.FieldValidation.IGNORE);

    @Parameter
    @SuppressWarnings("UnusedVariable") // only begins the registry
    private TestStore kind = TestStore.EMBEDDED;

    @TempDir
    private static Path directory;

    private static RunningRegistry registry;

    @BeforeParameterizedClassInvocation
    static void start(TestStore store) {
        registry = RunningRegistry.with(store, directory, "garbage.grace = 20 ms, shard.namespace-step = 10");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        registry.close();
    }

    private static Outcome delete(ResourceKey key, Write.Propagation propagation) {
        return registry.write(new Write.Delete(
                key,
                new Write.Deletion(Optional.empty(), Optional.empty(), Optional.of(propagation), Optional.empty()),
                Write.Options.DEFAULT));
    }

    private static Outcome update(Resource present, java.util.function.Consumer<ObjectNode> change) {
        ObjectNode tree = present.json().toTree();
        change.accept(tree);
        return registry.write(new Write.Update(present.key(), "", JsonBytes.of(tree), Write.Options.DEFAULT));
    }

    private static Refusal refusal(Outcome outcome) {
        return ((Outcome.Refused) outcome).refusal();
    }

    private static Optional<Resource> get(ResourceKey key) {
        return registry.node()
                                .get(key, new VersionMatch.MostRecent())
                                .toCompletableFuture()
                                .join()
                        instanceof Registry.Answer.Found<Resource> found
                ? Optional.of(found.value())
                : Optional.empty();
    }

    private static void namespace(String name) {
        registry.create(Placement.NAMESPACES, "Namespace", "", name, "");
    }

    private static Resource config(String namespace, String name, String metadata) {
        String json = "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'" + name + "','namespace':'"
                + namespace + "'" + metadata + "}}";
        ResourceKey key = new ResourceKey(CONFIG_MAPS, namespace, name);
        return ((Outcome.Done) registry.write(
                        new Write.Create(key, JsonBytes.of(FakeShard.tree(json)), Write.Options.DEFAULT)))
                .object();
    }

    private static String owned(Resource owner, boolean blocks) {
        return ",'ownerReferences':[{'apiVersion':'v1','kind':'ConfigMap','name':'"
                + owner.key().name() + "','uid':'" + owner.uid() + "','blockOwnerDeletion':" + blocks + "}]";
    }

    private static void await(org.assertj.core.api.ThrowableAssert.ThrowingCallable check) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(check::call);
    }

    @Test
    @DisplayName("as a dry run answers like a real one, and changes nothing")
    void dryRun() {
        Write create = RunningRegistry.create(CONFIG_MAPS, "ConfigMap", "default", "dry", "", DRY);
        Outcome.Done done = (Outcome.Done) registry.write(create);
        assertThat(done.effect()).isEqualTo(Effect.CREATED);
        assertThat(done.object().uid()).isNotEmpty();
        assertThat(get(create.key())).isEmpty();
        Resource real = config("default", "dry", "");
        assertThat(refusal(registry.write(create)).reason()).isEqualTo(Refusal.Reason.AlreadyExists);
        Outcome deleted = registry.write(new Write.Delete(real.key(), Write.Deletion.DEFAULT, DRY));
        assertThat(((Outcome.Done) deleted).effect()).isEqualTo(Effect.DELETED);
        assertThat(get(real.key())).contains(real);
        String ports = "\"spec\":{\"ports\":[{\"port\":80}]}";
        Outcome service = registry.write(RunningRegistry.create(SERVICES, "Service", "default", "dry", ports, DRY));
        assertThat(((Outcome.Done) service).effect()).isEqualTo(Effect.CREATED);
        assertThat(get(service instanceof Outcome.Done it ? it.object().key() : real.key()))
                .isEmpty();
        assertThat(spec(service).path("clusterIP").asText()).startsWith("127.96.");
        String outside = "\"spec\":{\"clusterIP\":\"1.2.3.4\",\"ports\":[{\"port\":80}]}";
        assertThat(refusal(registry.write(RunningRegistry.create(SERVICES, "Service", "default", "dry", outside, DRY)))
                        .message())
                .contains("not in the valid range");
        String wish = "\"spec\":{\"clusterIP\":\"127.96.77.7\",\"ports\":[{\"port\":80}]}";
        registry.write(RunningRegistry.create(SERVICES, "Service", "default", "dry", wish, DRY));
        // What a dry run was promised, anyone may have; what somebody has, no dry run is promised.
        assertThat(spec(registry.write(RunningRegistry.create(
                                SERVICES, "Service", "default", "wet", wish, Write.Options.DEFAULT)))
                        .path("clusterIP")
                        .asText())
                .isEqualTo("127.96.77.7");
        assertThat(refusal(registry.write(RunningRegistry.create(SERVICES, "Service", "default", "dry", wish, DRY)))
                        .message())
                .contains("already allocated");
    }

    private static com.fasterxml.jackson.databind.JsonNode spec(Outcome outcome) {
        return ((Outcome.Done) outcome).object().json().toTree().path("spec");
    }

    @Test
    @DisplayName("that lets the server choose the name gets a new one every time")
    void generateName() {
        Set<String> names = new HashSet<>();
        List<CompletableFuture<Outcome>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(registry.node()
                    .write(new Write.Create(
                            new ResourceKey(CONFIG_MAPS, "default", ""),
                            JsonBytes.of(FakeShard.tree(
                                    "{'apiVersion':'v1','kind':'ConfigMap','metadata':{'generateName':'job-'}}")),
                            Write.Options.DEFAULT))
                    .toCompletableFuture());
        }
        writes.forEach(
                write -> names.add(((Outcome.Done) write.join()).object().key().name()));
        assertThat(names).hasSize(200).allMatch(name -> name.matches("job-[a-z0-9]{5}"));
    }

    @Test
    @DisplayName("with an old version or a wrong uid is a conflict; the same content again is no change")
    void preconditions() {
        Resource first = config("default", "conditions", "");
        Resource second =
                ((Outcome.Done) update(first, tree -> tree.putObject("data").put("a", "1"))).object();
        assertThat(second.version()).isGreaterThan(first.version());
        assertThat(refusal(update(first, tree -> tree.putObject("data").put("a", "2")))
                        .reason())
                .isEqualTo(Refusal.Reason.Conflict);
        Outcome.Done same = (Outcome.Done) update(second, tree -> {});
        assertThat(same.effect()).isEqualTo(Effect.UNCHANGED);
        assertThat(same.object()).isEqualTo(second);
        Write.Deletion wrong =
                new Write.Deletion(Optional.of("another"), Optional.empty(), Optional.empty(), Optional.empty());
        assertThat(refusal(registry.write(new Write.Delete(first.key(), wrong, Write.Options.DEFAULT)))
                        .reason())
                .isEqualTo(Refusal.Reason.Conflict);
    }

    @Test
    @DisplayName("that deletes something with finalizers marks it, and the last finalizer's end removes it")
    void finalizers() {
        Resource held = config("default", "held", ",'finalizers':['example.com/a','example.com/b']");
        Outcome.Done marked = (Outcome.Done) delete(held.key(), Write.Propagation.BACKGROUND);
        assertThat(marked.effect()).isEqualTo(Effect.MARKED_FOR_DELETION);
        Resource one = ((Outcome.Done) update(
                        marked.object(),
                        tree -> tree.withObjectProperty("metadata")
                                .putArray("finalizers")
                                .add("example.com/b")))
                .object();
        assertThat(get(held.key())).contains(one);
        Outcome.Done last = (Outcome.Done)
                update(one, tree -> tree.withObjectProperty("metadata").remove("finalizers"));
        assertThat(last.object().json().toTree().path("metadata").has("finalizers"))
                .as("the answer has what was written")
                .isFalse();
        assertThat(last.object().version()).isGreaterThan(one.version());
        assertThat(get(held.key())).isEmpty();
    }

    @Test
    @DisplayName("that deletes a namespace empties it in steps, refuses newcomers meanwhile, and then removes it")
    void namespaces() {
        namespace("doomed");
        for (int i = 0; i < 35; i++) {
            config("doomed", "c" + i, "");
        }
        Resource held = config("doomed", "held", ",'finalizers':['example.com/a']");
        ResourceKey namespace = new ResourceKey(Placement.NAMESPACES, "", "doomed");
        delete(namespace, Write.Propagation.BACKGROUND);
        Outcome newcomer = registry.write(
                RunningRegistry.create(CONFIG_MAPS, "ConfigMap", "doomed", "late", "", Write.Options.DEFAULT));
        assertThat(refusal(newcomer).reason()).isEqualTo(Refusal.Reason.Forbidden);
        await(() -> assertThat(RegistryNodeTest.list(registry, new Collection(CONFIG_MAPS, "doomed"))
                        .items())
                .extracting(object -> object.key().name())
                .containsExactly("held"));
        Resource still = get(namespace).orElseThrow();
        assertThat(still.json().toTree().path("status").path("phase").asText()).isEqualTo("Terminating");
        update(
                get(held.key()).orElseThrow(),
                tree -> tree.withObjectProperty("metadata").remove("finalizers"));
        await(() -> assertThat(get(namespace)).isEmpty());
        namespace("doomed");
        config("doomed", "late", "");
    }

    @Test
    @DisplayName("in the background leaves the dependants to the garbage collector")
    void background() {
        Resource owner = config("default", "owner-bg", "");
        Resource child = config("default", "child-bg", owned(owner, false));
        Resource grandchild = config("default", "grandchild-bg", owned(child, false));
        delete(owner.key(), Write.Propagation.BACKGROUND);
        assertThat(get(owner.key())).isEmpty();
        await(() -> assertThat(get(child.key()).or(() -> get(grandchild.key()))).isEmpty());
    }

    @Test
    @DisplayName("in the foreground keeps the owner until its dependants are gone")
    void foreground() {
        Resource owner = config("default", "owner-fg", "");
        Resource child = config("default", "child-fg", owned(owner, true) + ",'finalizers':['example.com/a']");
        delete(owner.key(), Write.Propagation.FOREGROUND);
        await(() -> assertThat(Deletion.isTerminating(
                        get(child.key()).orElseThrow().json().toTree()))
                .isTrue());
        assertThat(get(owner.key())).isPresent();
        update(
                get(child.key()).orElseThrow(),
                tree -> tree.withObjectProperty("metadata").remove("finalizers"));
        await(() -> assertThat(get(owner.key()).or(() -> get(child.key()))).isEmpty());
    }

    @Test
    @DisplayName("that orphans keeps the dependants")
    void orphan() {
        Resource owner = config("default", "owner-orphan", "");
        Resource child = config("default", "child-orphan", owned(owner, true));
        delete(owner.key(), Write.Propagation.ORPHAN);
        await(() -> assertThat(get(owner.key())).isEmpty());
        Resource left = get(child.key()).orElseThrow();
        assertThat(left.json().toTree().path("metadata").has("ownerReferences")).isFalse();
    }

    @Test
    @DisplayName("of a dependant whose owner never existed is undone, also where the owner would be in another shard")
    void foreignOwner() {
        String owner = ",'ownerReferences':[{'apiVersion':'v1','kind':'Node','name':'gone','uid':'n-1'}]";
        Resource child = config("default", "child-foreign", owner);
        await(() -> assertThat(get(child.key())).isEmpty());
    }

    @Test
    @DisplayName("of more than 1.5 MiB is refused, and of a little less goes through, also twice")
    void size() {
        String big = "x".repeat(1_000_000);
        Outcome.Done first =
                registry.create(CONFIG_MAPS, "ConfigMap", "default", "big", "\"data\":{\"a\":\"" + big + "\"}");
        Outcome second = update(first.object(), tree -> tree.putObject("data").put("b", big));
        assertThat(((Outcome.Done) second).effect()).isEqualTo(Effect.UPDATED);
        Outcome huge = update(
                ((Outcome.Done) second).object(),
                tree -> tree.withObjectProperty("metadata")
                        .putObject("annotations")
                        .put("a", "y".repeat(200_000)));
        assertThat(huge).isInstanceOf(Outcome.Done.class);
        String escaped = "\\u0001".repeat(300_000);
        Outcome refused = registry.write(RunningRegistry.create(
                CONFIG_MAPS,
                "ConfigMap",
                "default",
                "huge",
                "\"data\":{\"a\":\"" + escaped + "\"}",
                Write.Options.DEFAULT));
        assertThat(refusal(refused).reason()).isEqualTo(Refusal.Reason.RequestEntityTooLarge);
        assertThat(get(new ResourceKey(CONFIG_MAPS, "default", "huge"))).isEmpty();
    }
}
