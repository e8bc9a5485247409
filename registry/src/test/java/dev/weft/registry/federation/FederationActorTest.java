package dev.weft.registry.federation;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.util.ByteString;
import dev.weft.gossip.FederationEvent;
import dev.weft.gossip.Origin;
import dev.weft.gossip.RecordChange;
import dev.weft.registry.allocation.Grant;
import dev.weft.registry.endpoints.EndpointTypes;
import dev.weft.registry.endpoints.FakeShard;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.DerivedWrite;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.Write;
import dev.weft.registry.shard.ShardCommand;
import dev.weft.registry.shard.ShardFeed;
import dev.weft.registry.testbed.SilentGossip;
import dev.weft.registry.wire.ExportRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A shard's part in the federation")
class FederationActorTest {
    private static final ActorTestKit KIT = ActorTestKit.create("federation-actor-test");
    private static final String SERVICE = "{'spec':{'clusterIP':'10.0.0.1','ipFamilies':['IPv4'],"
            + "'internalTrafficPolicy':'Cluster','ports':[{'name':'http','port':80,'protocol':'TCP'}]}}";

    private static final int RECORD_BYTES = 4_096;

    private final TestProbe<ShardCommand> shard = KIT.createTestProbe(ShardCommand.class);
    private final RecordingGossip gossip = new RecordingGossip();
    private final FakeShard objects = new FakeShard(null);
    private ActorRef<?> companion;
    private ActorRef<ShardFeed> feed;
    private ActorRef<FederationEvent> events;

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    @BeforeEach
    void start() throws InterruptedException {
        Duration patience = Duration.ofSeconds(30);
        FederationSettings settings =
                new FederationSettings("west", Set.of("IPv4"), 16, patience, patience, Duration.ofMinutes(2));
        companion = KIT.spawn(FederationActor.create(
                3,
                settings,
                shard.getRef(),
                namespace -> true,
                gossip,
                (claims, after) -> CompletableFuture.completedFuture(
                        new ShardCommand.Allocated.Granted(List.of(new Grant(claims.get(0), "127.112.0.9")))),
                () -> Instant.parse("2026-01-01T00:00:00Z")));
        feed = shard.expectMessageClass(ShardCommand.Follow.class).follower();
        events = gossip.followers.poll(3, TimeUnit.SECONDS);
        assertThat(events).isNotNull();
    }

    private void snapshot() {
        feed.tell(new ShardFeed.Snapshot(3, objects.all(), true, true, 10));
        assertThat(shard.expectMessageClass(ShardCommand.Close.class).version()).isEqualTo(10);
        feed.tell(new ShardFeed.Closed(3, 0, 10, 10, true));
    }

    private void commit(Resource... after) {
        List<Change> changes = java.util.Arrays.stream(after)
                .map(each -> new Change(null, each, each.version()))
                .toList();
        feed.tell(new ShardFeed.Committed(3, 10, changes, 20));
    }

    private void fromEast(RecordChange... changes) {
        events.tell(new FederationEvent.OriginChanged(new Origin("east", 3, 1), List.of(changes)));
    }

    private ShardCommand.Derive expectDerive() {
        return shard.expectMessageClass(ShardCommand.Derive.class);
    }

    @Test
    @DisplayName("publishes everything once the shard is known, then only what changed")
    void publishes() throws InterruptedException {
        objects.put(EndpointTypes.SERVICES, "web", SERVICE);
        objects.put(FederationTypes.EXPORTS, "web", "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'}}");
        snapshot();
        assertThat(gossip.resets.poll(3, TimeUnit.SECONDS)).containsOnlyKeys("ns/web");
        commit(objects.put(
                EndpointTypes.SLICES,
                "web-1",
                "{'metadata':{'labels':{'kubernetes.io/service-name':'web'}},'addressType':'IPv4','ports':[],"
                        + "'endpoints':[{'addresses':['10.1.1.1']}]}"));
        assertThat(gossip.published.poll(3, TimeUnit.SECONDS))
                .singleElement()
                .satisfies(change -> assertThat(change.key()).startsWith("ns/web/"));
        shard.expectNoMessage(Duration.ZERO);
    }

    @Test
    @DisplayName("publishes nothing of an old state while what happened since is still being told")
    void waitsForThePresent() throws InterruptedException {
        feed.tell(new ShardFeed.Snapshot(3, List.of(), true, true, 10));
        ShardCommand.Close close = shard.expectMessageClass(ShardCommand.Close.class);
        commit(
                objects.put(EndpointTypes.SERVICES, "web", SERVICE),
                objects.put(
                        FederationTypes.EXPORTS, "web", "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'}}"));
        events.tell(new FederationEvent.CaughtUp());
        close.follower().tell(new ShardFeed.Closed(3, 0, 20, 20, true));
        assertThat(gossip.resets.poll(3, TimeUnit.SECONDS))
                .as("the first thing said is the present state, not the empty one")
                .containsOnlyKeys("ns/web");
    }

    @Test
    @DisplayName("imports into an existing namespace with an address of its own, one write at a time")
    void imports() {
        objects.put(FederationTypes.NAMESPACES, "ns", "{}");
        snapshot();
        events.tell(new FederationEvent.CaughtUp());
        fromEast(ImportBookTest.service(1, ImportMergeTest.HTTP));
        ShardCommand.Derive first = expectDerive();
        assertThat(first.writes())
                .singleElement()
                .satisfies(
                        write -> assertThat(((DerivedWrite.Put) write).object().toString())
                                .contains("127.112.0.9", "\"cluster\":\"east\""));
        fromEast(ImportBookTest.endpoints("g.r", 0, 2, true));
        fromEast(ImportBookTest.endpoints("g.r", 0, 2, false));
        shard.expectNoMessage(Duration.ofMillis(50));
        first.replyTo().tell(new ShardCommand.Derived(21));
        assertThat(expectDerive().writes())
                .singleElement()
                .satisfies(
                        write -> assertThat(((DerivedWrite.Put) write).object().toString())
                                .contains("\"ready\":false"));
    }

    @Test
    @DisplayName("removes nothing that it imported before until gossip has told everything")
    void failStatic() {
        objects.put(FederationTypes.NAMESPACES, "ns", "{}");
        objects.put(FederationTypes.IMPORTS, "web", "{'spec':{'type':'ClusterSetIP','ips':['127.112.0.5']}}");
        snapshot();
        shard.expectNoMessage(Duration.ofMillis(50));
        fromEast(ImportBookTest.service(1, ImportMergeTest.HTTP));
        events.tell(new FederationEvent.CaughtUp());
        assertThat(expectDerive().writes())
                .singleElement()
                .satisfies(
                        write -> assertThat(((DerivedWrite.Put) write).object().toString())
                                .as("MCS-13: the address stays")
                                .contains("127.112.0.5"));
    }

    @Test
    @DisplayName("keeps the import of its own export over a restart, though gossip does not know of the export yet")
    void ownImportStays() {
        objects.put(FederationTypes.NAMESPACES, "ns", "{}");
        objects.put(EndpointTypes.SERVICES, "web", SERVICE);
        objects.put(FederationTypes.EXPORTS, "web", "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'}}");
        objects.put(FederationTypes.IMPORTS, "web", "{'spec':{'type':'ClusterSetIP','ips':['127.112.0.5']}}");
        events.tell(new FederationEvent.CaughtUp());
        snapshot();
        assertThat(expectDerive().writes())
                .noneMatch(write -> write instanceof DerivedWrite.Remove)
                .allSatisfy(
                        write -> assertThat(((DerivedWrite.Put) write).object().toString())
                                .as("MCS-13: the address stays")
                                .contains("127.112.0.5"));
    }

    @Test
    @DisplayName(
            "gives its origin up when its shard stops here, so that the next process may write it; withdraws nothing")
    void releases() throws InterruptedException {
        snapshot();
        assertThat(gossip.resets.poll(3, TimeUnit.SECONDS)).isEmpty();
        KIT.stop(companion);
        assertThat(gossip.released.poll(3, TimeUnit.SECONDS)).isEqualTo(3);
        assertThat(gossip.published).isEmpty();
    }

    @Test
    @DisplayName("withdraws an import when its export goes")
    void withdraws() {
        objects.put(FederationTypes.NAMESPACES, "ns", "{}");
        objects.put(FederationTypes.IMPORTS, "web", "{'spec':{'type':'ClusterSetIP','ips':['127.112.0.5']}}");
        snapshot();
        events.tell(new FederationEvent.CaughtUp());
        assertThat(expectDerive().writes()).hasOnlyElementsOfType(DerivedWrite.Remove.class);
    }

    @Test
    @DisplayName("tells a ServiceExport that it is valid, published and in conflict with whom (MCS-7, MCS-14)")
    void conditions() {
        objects.put(EndpointTypes.SERVICES, "web", SERVICE);
        objects.put(FederationTypes.EXPORTS, "web", "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'}}");
        snapshot();
        fromEast(ImportBookTest.service(1, new ExportRecord.Port("http", "TCP", 81, "")));
        events.tell(new FederationEvent.OriginState(
                new Origin("west", 3, 1), List.of(ImportBookTest.service(2, ImportMergeTest.HTTP))));
        events.tell(new FederationEvent.CaughtUp());
        ShardCommand.Submit submit = shard.expectMessageClass(ShardCommand.Submit.class);
        Write.Update update = (Write.Update) submit.write();
        assertThat(update.subresource()).isEqualTo("status");
        assertThat(update.object().toString())
                .contains("\"resourceVersion\"")
                .contains("\"type\":\"Valid\",\"status\":\"True\"")
                .contains("\"type\":\"Ready\",\"status\":\"True\",\"reason\":\"Exported\"")
                .contains("\"type\":\"Conflict\",\"status\":\"True\",\"reason\":\"PortConflict\"")
                .contains("Cluster west has ports");
    }

    @Test
    @DisplayName(
            "keeps back a Service with more to tell than others take, says so, withdraws it and goes on with others")
    void tooLarge() throws InterruptedException {
        String export =
                "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'},'spec':{'exportedLabels':{'a':'%s'}}}";
        objects.put(EndpointTypes.SERVICES, "web", SERVICE);
        objects.put(FederationTypes.EXPORTS, "web", export.formatted("short"));
        snapshot();
        events.tell(new FederationEvent.CaughtUp());
        assertThat(gossip.resets.poll(3, TimeUnit.SECONDS)).containsOnlyKeys("ns/web");
        assertThat(condition()).contains("\"type\":\"Valid\",\"status\":\"True\"");

        commit(objects.put(FederationTypes.EXPORTS, "web", export.formatted("x".repeat(5_000))));
        assertThat(gossip.published.poll(3, TimeUnit.SECONDS)).containsExactly(new RecordChange("ns/web", null));
        assertThat(condition())
                .contains("\"type\":\"Valid\",\"status\":\"False\",\"reason\":\"TooLarge\"")
                .contains("bytes in one record (expected: at most " + RECORD_BYTES)
                .contains("\"type\":\"Ready\",\"status\":\"False\"");

        commit(
                objects.put(EndpointTypes.SERVICES, "other", SERVICE),
                objects.put(FederationTypes.EXPORTS, "other", export.formatted("short")));
        assertThat(gossip.published.poll(3, TimeUnit.SECONDS))
                .extracting(RecordChange::key)
                .containsExactly("ns/other");
        assertThat(condition()).contains("\"type\":\"Valid\",\"status\":\"True\"");

        commit(objects.put(FederationTypes.EXPORTS, "web", export.formatted("short")));
        assertThat(gossip.published.poll(3, TimeUnit.SECONDS))
                .singleElement()
                .satisfies(change -> assertThat(change.payload()).isNotNull());
        assertThat(condition()).contains("\"type\":\"Valid\",\"status\":\"True\"");
    }

    private String condition() {
        return ((Write.Update)
                        shard.expectMessageClass(ShardCommand.Submit.class).write())
                .object()
                .toString();
    }

    @Test
    @DisplayName("tells a ServiceExport without a Service so (MCS-2)")
    void noService() {
        objects.put(FederationTypes.EXPORTS, "web", "{'metadata':{'creationTimestamp':'2026-01-01T00:00:00Z'}}");
        snapshot();
        events.tell(new FederationEvent.CaughtUp());
        ShardCommand.Submit submit = shard.expectMessageClass(ShardCommand.Submit.class);
        assertThat(((Write.Update) submit.write()).object().toString())
                .contains("\"type\":\"Valid\",\"status\":\"False\",\"reason\":\"NoService\"");
    }

    private static final class RecordingGossip extends SilentGossip {
        final BlockingQueue<ActorRef<FederationEvent>> followers = new LinkedBlockingQueue<>();
        final BlockingQueue<Map<String, ByteString>> resets = new LinkedBlockingQueue<>();
        final BlockingQueue<Integer> released = new LinkedBlockingQueue<>();
        final BlockingQueue<List<RecordChange>> published = new LinkedBlockingQueue<>();

        @Override
        public void reset(int shardIndex, long notBefore, Map<String, ByteString> records) {
            resets.add(records);
        }

        @Override
        public int payloadBytes() {
            return RECORD_BYTES;
        }

        @Override
        public void publish(int shardIndex, long notBefore, List<RecordChange> changes) {
            published.add(changes);
        }

        @Override
        public void release(int shardIndex) {
            released.add(shardIndex);
        }

        @Override
        public void follow(ActorRef<FederationEvent> follower) {
            followers.add(follower);
        }
    }
}
