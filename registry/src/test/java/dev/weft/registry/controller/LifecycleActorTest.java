package dev.weft.registry.controller;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.testkit.CallingThreadDispatcher;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.lifecycle.Deletion;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import dev.weft.registry.resource.Write;
import dev.weft.registry.watch.HubNews;
import dev.weft.registry.watch.ResourceStamp;
import dev.weft.registry.watch.ResourceTree;
import java.time.Duration;
import java.time.Instant;
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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Everything runs on the test's thread, and time stands still but for what the test lets pass. */
@DisplayName("The lifecycle of nodes")
class LifecycleActorTest {
    private static final ActorTestKit KIT = ActorTestKit.create("lifecycle-actor-test", ManualTime.config());
    private static final Duration TICK = Duration.ofMillis(500);
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration REMOVAL = Duration.ofMinutes(5);
    private static final Duration LOST = Duration.ofSeconds(60);
    private static final LifecycleSettings SETTINGS =
            new LifecycleSettings(TICK, START, GRACE, REMOVAL, LOST, Duration.ofSeconds(5), 8);

    private final List<Write> written = new ArrayList<>();
    private final List<String> heard = new ArrayList<>();
    private ResourceTree stored = ResourceTree.EMPTY;
    private Instant steady = Instant.EPOCH;
    private long version = 1;
    private @Nullable ActorRef<HubNews> listener;
    private @Nullable Runnable beforeWrite;
    private int generation;
    private @Nullable ActorRef<LifecycleActor.Command> actor;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() {
        begin();
    }

    private void begin() {
        int mine = ++generation;
        actor = KIT.spawn(
                LifecycleActor.create(
                        new LifecycleActor.Ports(
                                ref -> listener = ref,
                                key -> 0,
                                window -> stored,
                                1,
                                key -> CompletableFuture.completedStage(Optional.ofNullable(stored.get(key))),
                                // one that was replaced has no say any more
                                write -> mine == generation ? write(write) : new CompletableFuture<>(),
                                () -> steady,
                                () -> Instant.parse("2026-01-01T00:00:00Z")
                                        .plus(Duration.between(Instant.EPOCH, steady))),
                        SETTINGS),
                DispatcherSelector.fromConfig(CallingThreadDispatcher.Id()));
        tell(new HubNews.Held(0, stored));
    }

    private void tell(HubNews news) {
        Objects.requireNonNull(listener).tell(news);
    }

    /** Carries out what is asked for, as the registry would, and tells of it. */
    private CompletionStage<Write.Outcome> write(Write write) {
        Runnable first = beforeWrite;
        beforeWrite = null;
        if (first != null) {
            first.run();
        }
        written.add(write);
        Resource present = stored.get(write.key());
        if (present == null) {
            return CompletableFuture.completedStage(new Write.Outcome.Refused(Refusal.notFound(write.key())));
        }
        String expected = write instanceof Write.Delete delete
                ? delete.deletion().version().orElse("" + present.version())
                : ((Write.Update) write)
                        .object()
                        .toTree()
                        .path("metadata")
                        .path("resourceVersion")
                        .asText();
        if (!expected.equals("" + present.version())) {
            return CompletableFuture.completedStage(
                    new Write.Outcome.Refused(Refusal.conflict(write.key(), "it has changed")));
        }
        if (write instanceof Write.Update update) {
            store(write.key(), update.object().toTree());
        } else {
            stored = stored.without(write.key());
            tell(new HubNews.Changed(0, List.of(new Change(present, null, ++version))));
        }
        return CompletableFuture.completedStage(new Write.Outcome.Done(present, Write.Effect.UPDATED, null));
    }

    private void store(ResourceKey key, ObjectNode tree) {
        Resource after = ResourceStamp.of(key, tree, ++version);
        Resource before = stored.get(key);
        stored = stored.with(after);
        tell(new HubNews.Changed(0, List.of(new Change(before, after, version))));
    }

    private void put(ResourceType type, String namespace, String name, String json) {
        ObjectNode tree = FakeShard.tree(json);
        tree.withObjectProperty("metadata").put("name", name).put("uid", "uid-of-" + name);
        store(new ResourceKey(type, namespace, name), tree);
    }

    private void node(String name) {
        put(
                LivenessBook.NODES,
                "",
                name,
                "{'status':{'conditions':[{'type':'Ready','status':'True','reason':'WeftServing'}]}}");
        renewNode(name);
    }

    private void renewNode(String name) {
        put(
                LivenessBook.LEASES,
                LivenessBook.NODE_LEASES,
                name,
                "{'spec':{'leaseDurationSeconds':40,'renewTime':'t" + version + "'}}");
    }

    private void pod(String name, String node, String more) {
        put(
                LivenessBook.PODS,
                "ns",
                name,
                "{'metadata':{'annotations':{" + more + "}},'spec':{'nodeName':'" + node
                        + "'},'status':{'phase':'Running',"
                        + "'conditions':[{'type':'Ready','status':'True'}],'containerStatuses':[{'ready':true}]}}");
    }

    private void runPod(String name) {
        pod(name, "n1", "'" + Deletion.AGENT_ANNOTATION + "':'" + LivenessBook.LEASING_AGENT + "'");
        renewRun(name);
    }

    private void renewRun(String name) {
        put(LivenessBook.LEASES, "ns", name, "{'spec':{'leaseDurationSeconds':2,'renewTime':'t" + version + "'}}");
    }

    /** Time passes; the nodes that are heard of renew their Leases each second. */
    private void pass(Duration duration) {
        for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minus(TICK)) {
            if (left.toMillis() % 1000 == 0) {
                heard.forEach(this::renewNode);
            }
            steady = steady.plus(TICK);
            Objects.requireNonNull(actor).tell(new LifecycleActor.LookDue());
        }
    }

    private JsonNode get(ResourceType type, String namespace, String name) {
        Resource found = stored.get(new ResourceKey(type, namespace, name));
        return found == null ? FakeShard.tree("{}") : found.json().toTree();
    }

    private static String ready(JsonNode object) {
        for (JsonNode each : object.path("status").path("conditions")) {
            if (each.path("type").asText().equals("Ready")) {
                return (each.path("status").asText() + " " + each.path("reason").asText()).strip();
            }
        }
        return "gone";
    }

    private String node1() {
        return ready(get(LivenessBook.NODES, "", "n1"));
    }

    private String pod(String name) {
        return ready(get(LivenessBook.PODS, "ns", name));
    }

    @Nested
    @DisplayName("a node that renews its Lease")
    class Heard {
        @Test
        @DisplayName("is left alone, and turns Unknown with its Pods not ready once it is silent beyond the grace")
        void silent() {
            node("n1");
            pod("web", "n1", "");
            heard.add("n1");
            pass(Duration.ofMinutes(10));
            assertThat(written).isEmpty();
            heard.clear();
            pass(GRACE.minusSeconds(2));
            assertThat(written).isEmpty();
            pass(Duration.ofSeconds(3));
            assertThat(node1()).isEqualTo("Unknown NodeStatusUnknown");
            assertThat(pod("web")).isEqualTo("False NodeNotReady");
            int soFar = written.size();
            pod("late", "n1", "");
            pass(Duration.ofSeconds(30));
            assertThat(pod("late")).as("a Pod that came later").isEqualTo("False NodeNotReady");
            assertThat(written).as("nothing is said twice").hasSize(soFar + 1);
        }

        @Test
        @DisplayName("gives its Pods back what its silence took when it is heard of again, and only that")
        void back() {
            node("n1");
            pod("web", "n1", "");
            pod("failing", "n1", "");
            pass(START.plus(GRACE).plusSeconds(1));
            put(
                    LivenessBook.PODS,
                    "ns",
                    "failing",
                    "{'spec':{'nodeName':'n1'},'status':{'conditions':[{'type':'Ready','status':'False','reason':'Probe'}]}}");
            heard.add("n1");
            pass(Duration.ofSeconds(3));
            assertThat(pod("web")).isEqualTo("True");
            assertThat(pod("failing")).isEqualTo("False Probe");
        }

        @Test
        @DisplayName("gets them back also when the control plane was restarted meanwhile")
        void backAfterRestart() {
            node("n1");
            pod("web", "n1", "");
            pass(START.plus(GRACE).plusSeconds(1));
            assertThat(pod("web")).isEqualTo("False NodeNotReady");
            begin();
            heard.add("n1");
            pass(START.plusSeconds(1));
            assertThat(pod("web")).isEqualTo("True");
        }
    }

    @Nested
    @DisplayName("the Pods of a silent node")
    class Removal {
        @Test
        @DisplayName("are removed after a longer time, but for those that tolerate it")
        void removed() {
            node("n1");
            node("n2");
            heard.add("n2");
            pod("web", "n1", "");
            pod("other", "n2", "");
            put(
                    LivenessBook.PODS,
                    "ns",
                    "daemon",
                    "{'spec':{'nodeName':'n1','tolerations':[{'operator':'Exists'}]},'status':{'conditions':["
                            + "{'type':'Ready','status':'True'}]}}");
            pass(START.plus(GRACE).plus(REMOVAL).minusSeconds(5));
            assertThat(pod("web")).isEqualTo("False NodeNotReady");
            pass(Duration.ofSeconds(15));
            assertThat(pod("web")).isEqualTo("gone");
            assertThat(pod("daemon")).isEqualTo("False NodeNotReady");
            assertThat(pod("other")).isEqualTo("True");
        }

        @Test
        @DisplayName("stay as long as every node is silent: then the fault is likely to be on this side")
        void allSilent() {
            node("n1");
            pod("web", "n1", "");
            pass(START.plus(GRACE).plus(REMOVAL).plus(REMOVAL));
            assertThat(pod("web")).isEqualTo("False NodeNotReady");
        }
    }

    @Nested
    @DisplayName("nobody is blamed")
    class Innocent {
        @Test
        @DisplayName("who never had a Lease, be it a node or a Pod on a node that does not exist")
        void handWritten() {
            put(LivenessBook.NODES, "", "n1", "{'status':{'conditions':[{'type':'Ready','status':'True'}]}}");
            pod("web", "n1", "");
            pod("elsewhere", "nowhere", "");
            pod("foreign", "nowhere", "'" + Deletion.AGENT_ANNOTATION + "':'kubelet'");
            pass(Duration.ofHours(1));
            assertThat(written).isEmpty();
        }

        @Test
        @DisplayName("for what the control plane missed while it was away or paused itself")
        void restarts() {
            node("n1");
            runPod("job");
            pod("web", "n1", "");
            for (int i = 0; i < 5; i++) {
                steady = steady.plus(Duration.ofMinutes(10));
                begin();
                pass(START.minusSeconds(1));
            }
            steady = steady.plus(Duration.ofMinutes(10));
            pass(TICK);
            assertThat(written).isEmpty();
        }
    }

    @Nested
    @DisplayName("a Pod whose agent keeps a Lease for it")
    class Agents {
        private static final Duration SOON = Duration.ofSeconds(3);

        @Test
        @DisplayName("is not ready once the Lease has run out, and goes after a while")
        void lost() {
            runPod("job");
            for (int i = 0; i < 60; i++) {
                pass(Duration.ofSeconds(1));
                renewRun("job");
            }
            assertThat(written).isEmpty();
            pass(SOON);
            assertThat(pod("job")).isEqualTo("False AgentLost");
            JsonNode job = get(LivenessBook.PODS, "ns", "job");
            assertThat(job.at("/status/reason").asText()).isEqualTo("AgentLost");
            assertThat(job.at("/status/containerStatuses/0/ready").asBoolean()).isFalse();
            pass(LOST.plusSeconds(1));
            assertThat(pod("job")).isEqualTo("gone");
        }

        @Test
        @DisplayName("goes at once if it was going anyway, for nobody else would end it")
        void terminating() {
            runPod("job");
            pass(START);
            ObjectNode tree = (ObjectNode) get(LivenessBook.PODS, "ns", "job");
            tree.withObjectProperty("metadata").put("deletionTimestamp", "2026-01-01T00:00:00Z");
            store(new ResourceKey(LivenessBook.PODS, "ns", "job"), tree);
            pass(SOON);
            assertThat(pod("job")).isEqualTo("gone");
        }

        @Test
        @DisplayName("is spared when a renewal was on its way while the Lease ran out")
        void renewalFirst() {
            runPod("job");
            pass(START.plusSeconds(2));
            beforeWrite = () -> renewRun("job");
            pass(TICK);
            assertThat(written).as("the Lease was to be taken away").hasSize(1);
            assertThat(pod("job")).isEqualTo("True");
        }

        @Test
        @DisplayName("is not judged by its node")
        void byItsOwnLease() {
            node("n1");
            runPod("job");
            for (int i = 0; i < 60; i++) {
                pass(Duration.ofSeconds(1));
                renewRun("job");
            }
            assertThat(node1()).isEqualTo("Unknown NodeStatusUnknown");
            assertThat(pod("job")).isEqualTo("True");
        }

        @Test
        @DisplayName("without any Lease is lost after the grace of a start")
        void withoutLease() {
            pod("job", "n1", "'" + Deletion.AGENT_ANNOTATION + "':'" + LivenessBook.LEASING_AGENT + "'");
            pass(START);
            assertThat(written).isEmpty();
            pass(START.plusSeconds(1));
            assertThat(pod("job")).isEqualTo("False AgentLost");
        }
    }
}
