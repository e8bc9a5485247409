package dev.weft.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.NotUsed;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.QueueOfferResult;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import akka.stream.javadsl.Source;
import com.typesafe.config.ConfigFactory;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.watch.Collection;
import dev.weft.registry.watch.HubCommand.Subscription;
import dev.weft.registry.watch.ResourceFilter;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The stream of a watch")
class WatchSourceTest {
    private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load("none"));
    private static final int CAPACITY = 4;
    private static final WatchRequest REQUEST = new WatchRequest(
            Collection.everywhere(RunningRegistry.CONFIG_MAPS), ResourceFilter.ALL, OptionalLong.of(0), false, false);

    private final CompletableFuture<List<WatchEvent>> hub = new CompletableFuture<>();
    private final AtomicReference<@Nullable Subscription> begun = new AtomicReference<>();
    private final AtomicReference<@Nullable Subscription> left = new AtomicReference<>();
    private final Source<WatchEvent, NotUsed> source = Source.fromGraph(new WatchSource(
            REQUEST,
            CAPACITY,
            subscription -> {
                begun.set(subscription);
                return hub;
            },
            (subscription, beginning) -> beginning.whenComplete((any, none) -> left.set(subscription))));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static WatchEvent event(long number) {
        return new WatchEvent.Bookmark(number, false);
    }

    private SinkQueueWithCancel<WatchEvent> reader() {
        return source.runWith(Sink.queue(1), KIT.system());
    }

    private Subscription subscription() {
        return await().until(begun::get, seen -> seen != null);
    }

    private static Optional<WatchEvent> next(SinkQueueWithCancel<WatchEvent> reader) throws Exception {
        return reader.pull().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("gives the first events before those that the hub says meanwhile, and the last word at the end")
    void order() throws Exception {
        SinkQueueWithCancel<WatchEvent> reader = reader();
        Subscription subscription = subscription();
        subscription.queue().offer(event(3));
        hub.complete(List.of(event(1), event(2)));
        subscription.queue().offer(event(4));
        WatchEvent word = new WatchEvent.Failed(Refusal.expired("too old"));
        subscription.last().set(word);
        subscription.queue().complete();
        for (long number = 1; number <= 4; number++) {
            assertThat(next(reader)).contains(event(number));
        }
        assertThat(next(reader)).contains(word);
        assertThat(next(reader)).isEmpty();
        assertThat(await().until(left::get, seen -> seen != null)).isSameAs(subscription);
    }

    @Test
    @DisplayName("ends without a word where there is none")
    void end() throws Exception {
        SinkQueueWithCancel<WatchEvent> reader = reader();
        hub.complete(List.of());
        subscription().queue().complete();
        assertThat(next(reader)).isEmpty();
    }

    @Test
    @DisplayName("lets no more wait for a slow reader than its bound, and takes nothing once it has ended")
    void bound() throws Exception {
        SinkQueueWithCancel<WatchEvent> reader = reader();
        Subscription subscription = subscription();
        List<QueueOfferResult> results = new ArrayList<>();
        for (int number = 0; number <= CAPACITY; number++) {
            results.add(subscription.queue().offer(event(number)));
        }
        assertThat(results.subList(0, CAPACITY)).containsOnly(QueueOfferResult.enqueued());
        assertThat(results.get(CAPACITY)).isEqualTo(QueueOfferResult.dropped());
        assertThat(subscription.queue().size()).isEqualTo(CAPACITY);
        hub.complete(List.of());
        assertThat(next(reader)).contains(event(0));
        await().until(() -> subscription.queue().offer(event(CAPACITY)) == QueueOfferResult.enqueued());
        reader.cancel();
        await().until(() -> subscription.queue().offer(event(9)) == QueueOfferResult.QueueClosed$.MODULE$);
    }

    @Test
    @DisplayName("tells the hub of a reader who left before it answered, after it has answered")
    void leftEarly() {
        SinkQueueWithCancel<WatchEvent> reader = reader();
        Subscription subscription = subscription();
        reader.cancel();
        await().until(() -> subscription.queue().offer(event(1)) == QueueOfferResult.QueueClosed$.MODULE$);
        assertThat(left.get()).isNull();
        hub.complete(List.of(event(1)));
        assertThat(await().until(left::get, seen -> seen != null)).isSameAs(subscription);
    }

    @Test
    @DisplayName("gives all events in order to a reader who is as quick or as slow as the hub")
    void race() throws Exception {
        int count = 200_000;
        hub.complete(List.of());
        CompletableFuture<List<WatchEvent>> read =
                source.runWith(Sink.seq(), KIT.system()).toCompletableFuture();
        Subscription subscription = subscription();
        for (long number = 0; number < count; ) {
            number += subscription.queue().offer(event(number)).isEnqueued() ? 1 : 0;
        }
        subscription.queue().complete();
        assertThat(read.get(60, TimeUnit.SECONDS))
                .isEqualTo(LongStream.range(0, count)
                        .mapToObj(WatchSourceTest::event)
                        .toList());
    }

    @Test
    @DisplayName("keeps none of the events that it has given, however long the watch lasts")
    void forgets() throws Exception {
        SinkQueueWithCancel<WatchEvent> reader = reader();
        Subscription subscription = subscription();
        WeakReference<WatchEvent> first = answerWithOne();
        assertThat(next(reader)).contains(event(1));
        subscription.queue().offer(event(2));
        assertThat(next(reader)).contains(event(2));
        await().until(() -> {
            System.gc();
            return first.get() == null;
        });
        assertThat(subscription.queue().offer(event(3))).isEqualTo(QueueOfferResult.enqueued());
    }

    private WeakReference<WatchEvent> answerWithOne() {
        WatchEvent given = event(1);
        hub.complete(List.of(given));
        hub.obtrudeValue(List.of()); // what the test itself would keep of it
        return new WeakReference<>(given);
    }
}
