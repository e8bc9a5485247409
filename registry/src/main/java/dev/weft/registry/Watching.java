package dev.weft.registry;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Source;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes streams of what the hub says: first what it answers, then what comes through a bounded queue. */
final class Watching {
    private final Questions questions;
    private final ActorRef<HubCommand> hub;
    private final Reader reader;
    private final int queue;
    private final Duration timeout;

    Watching(ActorSystem<?> system, ActorRef<HubCommand> hub, Reader reader, RegistrySettings settings) {
        questions = new Questions(system);
        this.hub = hub;
        this.reader = reader;
        this.queue = settings.watcherQueue();
        this.timeout = settings.readTimeout();
    }

    Source<WatchEvent, NotUsed> watch(int window, WatchRequest request) {
        return Source.lazySource(() -> begin(window, request)).mapMaterializedValue(started -> NotUsed.getInstance());
    }

    private Source<WatchEvent, NotUsed> begin(int window, WatchRequest request) {
        AtomicReference<@Nullable WatchEvent> last = new AtomicReference<>();
        CompletableFuture<Source<WatchEvent, NotUsed>> first = new CompletableFuture<>();
        Source<WatchEvent, Registration> later = Source.<WatchEvent>queue(queue)
                .mapMaterializedValue(
                        events -> register(window, new HubCommand.Subscription(request, events, last), first));
        Source<WatchEvent, NotUsed> end =
                Source.lazySource(() -> lastWord(last)).mapMaterializedValue(started -> NotUsed.getInstance());
        return Source.completionStageSource(first)
                .concatMat(later, Keep.right())
                .concatLazy(end)
                .watchTermination((registration, done) -> {
                    done.whenComplete((ended, failure) -> leave(window, registration));
                    return NotUsed.getInstance();
                });
    }

    /** Watches that this node's hub feeds. */
    CompletionStage<Integer> open() {
        return questions.ask(hub, HubCommand.CountWatchers::new, timeout);
    }

    /** What was asked of the hub, and when it has answered or will not any more. */
    private record Registration(HubCommand.Subscription subscription, CompletionStage<?> answered) {}

    private Registration register(
            int window, HubCommand.Subscription subscription, CompletableFuture<Source<WatchEvent, NotUsed>> first) {
        CompletionStage<?> answered = ask(window, subscription).handle((started, late) -> {
            if (started instanceof HubCommand.Started.Watching watching) {
                return first.complete(Source.from(watching.first()));
            }
            subscription.queue().complete();
            return first.complete(failed(
                    started instanceof HubCommand.Started.Refused refused
                            ? refused.refusal()
                            : Refusal.timeout("the registry did not answer within " + timeout.toMillis() + " ms", 1)));
        });
        return new Registration(subscription, answered);
    }

    /** A reader who leaves before the hub knows it would be forgotten by both: the hub hears of the end after the beginning. */
    private void leave(int window, Registration registration) {
        registration
                .answered()
                .whenComplete((any, none) -> hub.tell(new HubCommand.Unwatch(window, registration.subscription())));
    }

    /**
     * Whoever begins with the present objects gets those of now, not of a while ago. A version that nobody has issued yet is waited
     * for in silence, as in Kubernetes; nobody is asked to reach it.
     */
    private CompletionStage<HubCommand.Started> ask(int window, HubCommand.Subscription subscription) {
        if (subscription.request().since().isPresent()) {
            return askHub(window, subscription);
        }
        return reader.reach(window, 0).thenCompose(reached -> askHub(window, subscription));
    }

    private CompletionStage<HubCommand.Started> askHub(int window, HubCommand.Subscription subscription) {
        return questions.ask(
                hub,
                (ActorRef<HubCommand.Started> replyTo) -> new HubCommand.Watch(window, subscription, replyTo),
                timeout);
    }

    private static Source<WatchEvent, NotUsed> lastWord(AtomicReference<@Nullable WatchEvent> last) {
        WatchEvent event = last.get();
        return event == null ? Source.empty() : Source.single(event);
    }

    private static Source<WatchEvent, NotUsed> failed(Refusal refusal) {
        return Source.single(new WatchEvent.Failed(refusal));
    }
}
