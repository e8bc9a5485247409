package dev.weft.registry;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.stream.javadsl.Source;
import dev.weft.registry.resource.Refusal;
import dev.weft.registry.watch.HubCommand;
import dev.weft.registry.watch.WatchEvent;
import dev.weft.registry.watch.WatchRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

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
        return Source.fromGraph(new WatchSource(
                request,
                queue,
                subscription -> begin(window, subscription),
                (subscription, begun) -> leave(window, subscription, begun)));
    }

    /** Watches that this node's hub feeds. */
    CompletionStage<Integer> open() {
        return questions.ask(hub, HubCommand.CountWatchers::new, timeout);
    }

    private CompletionStage<List<WatchEvent>> begin(int window, HubCommand.Subscription subscription) {
        return ask(window, subscription).handle((started, late) -> {
            if (started instanceof HubCommand.Started.Watching watching) {
                return watching.first();
            }
            subscription.queue().complete();
            return List.of(new WatchEvent.Failed(
                    started instanceof HubCommand.Started.Refused refused
                            ? refused.refusal()
                            : Refusal.timeout("the registry did not answer within " + timeout.toMillis() + " ms", 0)));
        });
    }

    /** A reader who leaves before the hub knows it would be forgotten by both: the hub hears of the end after the beginning. */
    private void leave(int window, HubCommand.Subscription subscription, CompletionStage<?> begun) {
        begun.whenComplete((any, none) -> hub.tell(new HubCommand.Unwatch(window, subscription)));
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
}
