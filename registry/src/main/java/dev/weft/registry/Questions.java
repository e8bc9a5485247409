package dev.weft.registry;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AskPattern;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import scala.compat.java8.FutureConverters;
import scala.concurrent.Future;
import scala.util.Try;

/**
 * Asks actors, and gives plain stages for their answers, completed on the system's dispatcher.
 *
 * <p>Not Akka's own stages: those send each continuation through the common pool of the virtual machine, and where that has
 * one thread, as on two cores, {@link CompletableFuture} starts a new thread for each instead: six for one create.
 */
final class Questions {
    private final ActorSystem<?> system;

    Questions(ActorSystem<?> system) {
        this.system = system;
    }

    /** Fails with {@link java.util.concurrent.TimeoutException} if no answer comes in time. */
    <Q, A> CompletionStage<A> ask(RecipientRef<Q> whom, Function<ActorRef<A>, Q> question, Duration timeout) {
        Future<A> asked = FutureConverters.toScala(AskPattern.ask(whom, question::apply, timeout, system.scheduler()));
        CompletableFuture<A> answer = new CompletableFuture<>();
        asked.onComplete(result -> settle(answer, result), system.executionContext());
        return answer;
    }

    private static <A> boolean settle(CompletableFuture<A> answer, Try<A> result) {
        return result.isSuccess()
                ? answer.complete(result.get())
                : answer.completeExceptionally(result.failed().get());
    }
}
