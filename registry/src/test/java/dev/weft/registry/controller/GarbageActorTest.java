package dev.weft.registry.controller;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.testkit.CallingThreadDispatcher;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.KindCatalog;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Samples;
import dev.weft.registry.resource.StandardKinds;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.HubNews;
import dev.weft.registry.watch.ResourceStamp;
import dev.weft.registry.watch.ResourceTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's thread, and time stands still but for what the test lets pass. */
@DisplayName("Garbage collection")
class GarbageActorTest {
    private static final ActorTestKit KIT = ActorTestKit.create("garbage-actor-test", ManualTime.config());
    private static final KindCatalog KINDS = StandardKinds.catalog(Samples.RANGES);
    private static final ResourceType SETS = new ResourceType("apps", "replicasets");
    private static final ResourceType PODS = new ResourceType("", "pods");
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final ManualTime time = ManualTime.get(KIT.system());
    private final List<Write> written = new ArrayList<>();
    private ResourceTree stored = ResourceTree.EMPTY;
    private ResourceTree seen = ResourceTree.EMPTY;
    private long version = 1;
    private boolean failing;
    private @Nullable ActorRef<HubNews> listener;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        KIT.spawn(
                GarbageActor.create(
                        KINDS,
                        new GarbageActor.Ports(
                                ref -> listener = ref, key -> 0, 1, key -> seen.get(key), this::get, this::write),
                        new GarbageSettings(GRACE, 2)),
                DispatcherSelector.fromConfig(CallingThreadDispatcher.Id()));
        tell(new HubNews.Held(0, ResourceTree.EMPTY));
    }

    private void tell(HubNews news) {
        Objects.requireNonNull(listener).tell(news);
    }

    private CompletionStage<Optional<Resource>> get(ResourceKey key) {
        return failing
                ? CompletableFuture.failedStage(new IllegalStateException("no answer"))
                : CompletableFuture.completedStage(Optional.ofNullable(stored.get(key)));
    }

    /** Carries out what is asked for, as the registry would, and tells of it. */
    private CompletionStage<Write.Outcome> write(Write write) {
        written.add(write);
        Resource present = stored.get(write.key());
        if (present == null) {
            return CompletableFuture.completedStage(new Write.Outcome.Refused(Refusal.notFound(write.key())));
        }
        if (write instanceof Write.Delete delete) {
            assertThat(delete.deletion().uid()).contains(present.uid());
            boolean foreground = delete.deletion().propagation().equals(Optional.of(Write.Propagation.FOREGROUND));
            if (foreground) {
                leave(present, Deletion.FOREGROUND_FINALIZER);
            } else {
                remove(present);
            }
        } else if (write instanceof Write.Update update) {
            ObjectNode tree = update.object().toTree();
            assertThat(tree.path("metadata").path("resourceVersion").asText()).isEqualTo("" + present.version());
            if (Deletion.isReleased(tree)) {
                remove(present);
            } else {
                store(write.key(), tree);
            }
        }
        return CompletableFuture.completedStage(new Write.Outcome.Done(present, Write.Effect.UPDATED, null));
    }

    private Resource store(ResourceKey key, ObjectNode tree) {
        Resource after = ResourceStamp.of(key, tree, ++version);
        Resource before = stored.get(key);
        stored = stored.with(after);
        seen = stored;
        tell(new HubNews.Changed(0, List.of(new Change(before, after, version))));
        return after;
    }

    private void remove(Resource present) {
        stored = stored.without(present.key());
        seen = stored;
        tell(new HubNews.Changed(0, List.of(new Change(present, null, ++version))));
    }

    private Resource put(ResourceType type, String name, String uid, String more) {
        return store(
                new ResourceKey(type, "ns", name),
                FakeShard.tree("{'metadata':{'name':'" + name + "','uid':'" + uid + "'" + more + "}}"));
    }

    private Resource leave(Resource owner, String finalizer) {
        ObjectNode tree = owner.json().toTree();
        tree.withObjectProperty("metadata")
                .put("deletionTimestamp", "2026-01-01T00:00:00Z")
                .putArray("finalizers")
                .add(finalizer);
        return store(owner.key(), tree);
    }

    private static String owned(String name, String uid, boolean blocks) {
        return ",'ownerReferences':[" + reference(name, uid, blocks) + "]";
    }

    private static String reference(String name, String uid, boolean blocks) {
        return "{'apiVersion':'apps/v1','kind':'ReplicaSet','name':'" + name + "','uid':'" + uid
                + "','blockOwnerDeletion':" + blocks + "}";
    }

    private void settle() {
        for (int i = 0; i < 8; i++) {
            time.timePasses(GRACE);
        }
    }

    private List<String> names() {
        List<String> names = new ArrayList<>();
        stored.all().forEach(object -> names.add(object.key().name()));
        return names;
    }

    @Test
    @DisplayName("deletes a dependant once its only owner is gone, after the grace and not before")
    void background() {
        Resource set = put(SETS, "set", "s1", "");
        put(PODS, "pod", "p1", owned("set", "s1", false));
        settle();
        assertThat(written).isEmpty();
        remove(set);
        time.timePasses(GRACE.minusMillis(1));
        assertThat(written).isEmpty();
        time.timePasses(Duration.ofMillis(1));
        assertThat(names()).isEmpty();
    }

    @Test
    @DisplayName("takes an owner of the same name but another uid for a stranger")
    void stranger() {
        put(SETS, "set", "s2", "");
        put(PODS, "pod", "p1", owned("set", "s1", false));
        settle();
        assertThat(names()).containsExactly("set");
    }

    @Test
    @DisplayName("asks for the owner afresh, and spares a dependant whose owner only this node has not heard of")
    void owns() {
        stored = stored.with(ResourceStamp.of(
                new ResourceKey(SETS, "ns", "set"), FakeShard.tree("{'metadata':{'name':'set','uid':'s1'}}"), 1));
        Resource pod = ResourceStamp.of(
                new ResourceKey(PODS, "ns", "pod"),
                FakeShard.tree("{'metadata':{'name':'pod','uid':'p1'" + owned("set", "s1", false) + "}}"),
                2);
        stored = stored.with(pod);
        tell(new HubNews.Changed(0, List.of(new Change(null, pod, 2))));
        settle();
        assertThat(written).isEmpty();
    }

    @Test
    @DisplayName("takes only the reference to an owner that is gone, while another owner lives")
    void twoOwners() {
        put(SETS, "alive", "s1", "");
        Resource gone = put(SETS, "gone", "s2", "");
        put(
                PODS,
                "pod",
                "p1",
                ",'ownerReferences':[" + reference("alive", "s1", false) + "," + reference("gone", "s2", false) + "]");
        remove(gone);
        settle();
        Resource pod = Objects.requireNonNull(stored.get(new ResourceKey(PODS, "ns", "pod")));
        assertThat(pod.json().toTree().path("metadata").path("ownerReferences"))
                .hasSize(1)
                .allSatisfy(
                        reference -> assertThat(reference.path("uid").asText()).isEqualTo("s1"));
    }

    @Test
    @DisplayName("deletes in the foreground from the leaves up: the owner goes last, and waits for those that block it")
    void foreground() {
        Resource top = put(SETS, "top", "s1", "");
        put(SETS, "middle", "s2", owned("top", "s1", true));
        Resource held = put(PODS, "leaf", "p1", owned("middle", "s2", true));
        leave(top, Deletion.FOREGROUND_FINALIZER);
        settle();
        assertThat(names()).isEmpty();
        assertThat(written)
                .extracting(write -> write.key().name())
                .startsWith("middle", "leaf")
                .endsWith("top");
        assertThat(held.key().name()).isEqualTo("leaf");
    }

    @Test
    @DisplayName("lets an owner go in the foreground without those that do not block it")
    void foregroundUnblocked() {
        Resource set = put(SETS, "set", "s1", "");
        put(PODS, "pod", "p1", owned("set", "s1", false));
        leave(set, Deletion.FOREGROUND_FINALIZER);
        settle();
        assertThat(names()).isEmpty();
    }

    @Test
    @DisplayName("orphans: the dependants lose the reference and live on, then the owner goes")
    void orphan() {
        Resource set = put(SETS, "set", "s1", "");
        put(PODS, "pod", "p1", owned("set", "s1", true));
        leave(set, Deletion.ORPHAN_FINALIZER);
        settle();
        assertThat(names()).containsExactly("pod");
        assertThat(Objects.requireNonNull(stored.get(new ResourceKey(PODS, "ns", "pod")))
                        .json()
                        .toTree()
                        .path("metadata")
                        .has("ownerReferences"))
                .isFalse();
    }

    @Test
    @DisplayName("never judges an object one of whose owners is of a kind that is not known here")
    void unknownKind() {
        put(
                PODS,
                "pod",
                "p1",
                ",'ownerReferences':[{'apiVersion':'argoproj.io/v1','kind':'Rollout','name':'r','uid':'r1'}]");
        settle();
        assertThat(written).isEmpty();
    }

    @Test
    @DisplayName("tries again what failed")
    void retries() {
        Resource set = put(SETS, "set", "s1", "");
        put(PODS, "pod", "p1", owned("set", "s1", false));
        failing = true;
        remove(set);
        settle();
        assertThat(written).isEmpty();
        failing = false;
        settle();
        assertThat(names()).isEmpty();
    }

    @Test
    @DisplayName("notices what went while it did not listen")
    void missed() {
        Resource set = put(SETS, "set", "s1", "");
        put(PODS, "pod", "p1", owned("set", "s1", false));
        stored = stored.without(set.key());
        seen = stored;
        tell(new HubNews.Held(0, stored));
        settle();
        assertThat(names()).isEmpty();
    }
}
