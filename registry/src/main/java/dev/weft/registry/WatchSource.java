package dev.weft.registry;

import akka.NotUsed;
import akka.stream.Attributes;
import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import dev.weft.registry.watch.HubCommand.Subscription;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One watch as a stream: the first events, then what comes through a bounded queue, then the last word if there is one. It begins
 * with the first demand. One stage, since there are thousands of them; it keeps no event that it has handed on, which would
 * keep objects that were changed or deleted long ago.
 */
final class WatchSource extends GraphStage<SourceShape<WatchEvent>> {
    private final WatchRequest request;
    private final int capacity;
    private final Function<Subscription, CompletionStage<List<WatchEvent>>> begin;
    private final BiConsumer<Subscription, CompletionStage<?>> leave;
    private final Outlet<WatchEvent> out = Outlet.create("WatchSource.out");
    private final SourceShape<WatchEvent> shape = SourceShape.of(out);

    /**
     * @param capacity how many events may wait for the reader (count)
     * @param begin subscribes, and tells the first events; never fails
     * @param leave told when nobody reads any more, with what {@code begin} gave
     */
    WatchSource(
            WatchRequest request,
            int capacity,
            Function<Subscription, CompletionStage<List<WatchEvent>>> begin,
            BiConsumer<Subscription, CompletionStage<?>> leave) {
        this.request = request;
        this.capacity = capacity;
        this.begin = begin;
        this.leave = leave;
    }

    @Override
    public SourceShape<WatchEvent> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes inheritedAttributes) {
        return new Logic();
    }

    private final class Logic extends GraphStageLogic {
        private final AsyncCallback<List<WatchEvent>> started = createAsyncCallback(this::onStarted);
        private final AsyncCallback<NotUsed> news = createAsyncCallback(any -> hand());
        private final AtomicReference<@Nullable WatchEvent> last = new AtomicReference<>();
        private final WatchQueue queue = new WatchQueue(capacity, () -> news.invoke(NotUsed.getInstance()));
        private final Subscription subscription = new Subscription(request, queue, last);
        /** Null before the first demand. */
        private @Nullable CompletionStage<?> beginning;

        private boolean hasStarted;
        /** Before what is in the queue; null when there are none, or none any more. */
        private @Nullable Queue<WatchEvent> first;

        Logic() {
            super(shape);
            setHandler(out, new AbstractOutHandler() {
                @Override
                public void onPull() {
                    if (beginning == null) {
                        beginning = begin.apply(subscription).thenAccept(started::invoke);
                    }
                    hand();
                }
            });
        }

        private void onStarted(List<WatchEvent> events) {
            hasStarted = true;
            first = events.isEmpty() ? null : new ArrayDeque<>(events);
            hand();
        }

        private void hand() {
            if (!hasStarted || !isAvailable(out)) {
                return;
            }
            WatchEvent next = first == null ? queue.take() : first.remove();
            if (first != null && first.isEmpty()) {
                first = null;
            }
            if (next != null) {
                push(out, next);
            } else if (queue.isOver()) {
                WatchEvent word = last.get();
                if (word != null) {
                    push(out, word);
                }
                completeStage();
            }
        }

        @Override
        public void postStop() {
            queue.leave();
            if (beginning != null) {
                leave.accept(subscription, beginning);
            }
        }
    }
}
