package dev.weft.registry;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.japi.Pair;
import akka.stream.BoundedSourceQueue;
import akka.stream.javadsl.Source;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes streams of what the hub says: first what it answers, then what comes through a bounded queue. */
final class Watching {
    private final ActorSystem<?> system;
    private final ActorRef<HubCommand> hub;
    private final Reader reader;
    private final int queue;
    private final Duration timeout;

    Watching(ActorSystem<?> system, ActorRef<HubCommand> hub, Reader reader, RegistrySettings settings) {
        this.system = system;
        this.hub = hub;
        this.reader = reader;
        this.queue = settings.watcherQueue();
        this.timeout = settings.readTimeout();
    }

    Source<WatchEvent, NotUsed> watch(int window, WatchRequest request) {
        return Source.lazySource(() -> begin(window, request)).mapMaterializedValue(started -> NotUsed.getInstance());
    }

    private Source<WatchEvent, NotUsed> begin(int window, WatchRequest request) {
        Pair<BoundedSourceQueue<WatchEvent>, Source<WatchEvent, NotUsed>> later =
                Source.<WatchEvent>queue(queue).preMaterialize(system);
        AtomicReference<@Nullable WatchEvent> last = new AtomicReference<>();
        HubCommand.Subscription subscription = new HubCommand.Subscription(request, later.first(), last);
        Source<WatchEvent, NotUsed> end =
                Source.lazySource(() -> lastWord(last)).mapMaterializedValue(started -> NotUsed.getInstance());
        CompletionStage<Source<WatchEvent, NotUsed>> stream = register(window, subscription)
                .thenApply(started -> started instanceof HubCommand.Started.Watching watching
                        ? Source.from(watching.first())
                                .concatLazy(later.second())
                                .concatLazy(end)
                        : failed(((HubCommand.Started.Refused) started).refusal()))
                .exceptionally(late ->
                        failed(Refusal.timeout("the registry did not answer within " + timeout.toMillis() + " ms", 1)));
        return Source.completionStageSource(stream).watchTermination((started, done) -> {
            done.whenComplete((ended, failure) -> {
                later.first().complete();
                hub.tell(new HubCommand.Unwatch(window, subscription));
            });
            return NotUsed.getInstance();
        });
    }

    /** Whoever begins with the present objects gets those of now, not of a while ago. */
    private CompletionStage<HubCommand.Started> register(int window, HubCommand.Subscription subscription) {
        OptionalLong since = subscription.request().since();
        if (since.isPresent()) {
            return reader.mayBeIssued(since.getAsLong())
                    .thenCompose(issued -> issued
                            ? ask(window, subscription)
                            : CompletableFuture.completedStage(new HubCommand.Started.Refused(
                                    Refusal.timeout("Too large resource version: " + since.getAsLong(), 1))));
        }
        return reader.reach(window, 0).thenCompose(reached -> ask(window, subscription));
    }

    private CompletionStage<HubCommand.Started> ask(int window, HubCommand.Subscription subscription) {
        return AskPattern.ask(
                hub,
                (ActorRef<HubCommand.Started> replyTo) -> new HubCommand.Watch(window, subscription, replyTo),
                timeout,
                system.scheduler());
    }

    private static Source<WatchEvent, NotUsed> lastWord(AtomicReference<@Nullable WatchEvent> last) {
        WatchEvent event = last.get();
        return event == null ? Source.empty() : Source.single(event);
    }

    private static Source<WatchEvent, NotUsed> failed(Refusal refusal) {
        return Source.single(new WatchEvent.Failed(refusal));
    }
}
