package dev.weft.registry.watch;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import akka.stream.BoundedSourceQueue;
import akka.stream.QueueOfferResult;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.registry.resource.Change;
import dev.weft.registry.resource.Resource;
import dev.weft.registry.resource.ResourceKey;
import dev.weft.registry.resource.ResourceType;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A hub that missed something of a shard")
class WatchHubTest {
    private static final int MERGED = 2;
    private static final WatchWindow.Limits LIMITS = new WatchWindow.Limits(100, 1 << 20, Duration.ofHours(1));

    private final Map<Integer, Long> follows = new HashMap<>();
    private final Map<Integer, Long> questions = new HashMap<>();
    private final HubViews views = new HubViews(2);
    private final WatchHub hub = new WatchHub(
            new HubSettings(2, LIMITS, LIMITS, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1)),
            () -> Instant.EPOCH,
            () -> Instant.EPOCH,
            views,
            new ShardLink() {
                @Override
                public void follow(int shard, long since) {
                    follows.put(shard, since);
                }

                @Override
                public void close(int shard, long question, long version) {
                    questions.put(shard, question);
                }
            });

    @Test
    @DisplayName(
            "and is told it again from the beginning shows nothing of all shards as complete until it has all of it")
    void fromTheBeginning() {
        for (int shard = 0; shard < 2; shard++) {
            hub.hear(new HubCommand.ShardSnapshot(shard, List.of(), true, true, 10));
        }
        hub.hear(new HubCommand.ShardCommitted(0, 10, List.of(change(1, 20)), 20));
        hub.hear(new HubCommand.RoundDue());
        answer(1, 30, 10);
        // One batch was lost, and so is what was sent in its place.
        hub.hear(new HubCommand.ShardCommitted(0, 25, List.of(change(3, 28)), 28));
        assertThat(follows).containsEntry(0, 20L);
        for (int i = 0; i < 2; i++) {
            answer(0, 28, 28);
            hub.hear(new HubCommand.RoundDue());
        }
        assertThat(follows).containsEntry(0, 0L);

        hub.hear(new HubCommand.ShardSnapshot(0, List.of(), true, true, 10));
        TestInbox<HubCommand.Reached> inbox = TestInbox.create();
        hub.hear(new HubCommand.Reach(MERGED, 28, inbox.getRef()));
        hub.hear(new HubCommand.RoundDue());
        answer(0, 28, 28);
        answer(1, 30, 10);
        assertThat(inbox.hasMessages())
                .as("a reader is answered before all is there")
                .isFalse();

        hub.hear(new HubCommand.ShardCommitted(0, 10, List.of(change(1, 20), change(2, 25), change(3, 28)), 28));
        hub.hear(new HubCommand.RoundDue());
        answer(0, 30, 28);
        answer(1, 30, 10);
        assertThat(views.get(MERGED).objects().all())
                .extracting(Resource::version)
                .containsExactly(20L, 25L, 28L);
        assertThat(inbox.getAllReceived()).hasSize(1);
    }

    @Test
    @DisplayName("takes nobody as a watcher of all shards who would miss what it begins anew behind")
    void noWatcherBetween() {
        for (int shard = 0; shard < 2; shard++) {
            hub.hear(new HubCommand.ShardSnapshot(shard, List.of(), true, true, 10));
        }
        answer(0, 20, 10);
        answer(1, 20, 10);
        assertThat(watchFrom(20)).isInstanceOf(HubCommand.Started.Watching.class);

        // A shard that moved tells from its beginning, at 40; the other may come with something before that still.
        hub.hear(new HubCommand.ShardSnapshot(0, List.of(), true, true, 40));
        assertThat(watchFrom(20)).isInstanceOf(HubCommand.Started.Refused.class);

        hub.hear(new HubCommand.ShardCommitted(1, 10, List.of(change(1, 30)), 30));
        answer(0, 45, 40);
        hub.hear(new HubCommand.RoundDue());
        answer(1, 45, 30);
        assertThat(views.get(MERGED).get(change(1, 30).key())).isNotNull();
        assertThat(watchFrom(45)).isInstanceOf(HubCommand.Started.Watching.class);
        assertThat(watchFrom(20)).isInstanceOf(HubCommand.Started.Refused.class);
    }

    private HubCommand.Started watchFrom(long version) {
        WatchRequest request = new WatchRequest(
                Collection.everywhere(new ResourceType("", "configmaps")),
                ResourceFilter.ALL,
                OptionalLong.of(version),
                false,
                false);
        TestInbox<HubCommand.Started> inbox = TestInbox.create();
        hub.hear(new HubCommand.Watch(
                MERGED,
                new HubCommand.Subscription(request, new EndlessQueue(), new AtomicReference<>()),
                inbox.getRef()));
        return inbox.receiveMessage();
    }

    private void answer(int shard, long version, long last) {
        hub.hear(new HubCommand.ShardClosed(shard, questions.getOrDefault(shard, 0L), version, last, true));
    }

    private static Change change(int name, long version) {
        ResourceKey key = new ResourceKey(new ResourceType("", "configmaps"), "default", "c" + name);
        return new Change(null, ResourceStamp.of(key, JsonNodeFactory.instance.objectNode(), version), version);
    }

    /** Takes whatever comes. */
    private static final class EndlessQueue implements BoundedSourceQueue<WatchEvent> {
        @Override
        public QueueOfferResult offer(WatchEvent event) {
            return QueueOfferResult.enqueued();
        }

        @Override
        public void complete() {}

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public int size() {
            return 0;
        }
    }
}
