package dev.weft.api.rest;

import akka.http.javadsl.model.HttpEntity;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.stream.Materializer;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.Refusal;
import java.time.Duration;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads a request's body into memory, up to a bound and a deadline. While it waits, the request has no place among those in
 * flight: whoever sends slowly keeps only those from being served who send slowly as well. Safe for many threads.
 */
final class BodyReading {
    private final Bounds bounds;
    private final Materializer materializer;
    private final Deque<Awaited> awaited = new ConcurrentLinkedDeque<>();
    private final AtomicInteger count = new AtomicInteger();

    BodyReading(Bounds bounds, Materializer materializer) {
        this.bounds = bounds;
        this.materializer = materializer;
    }

    /**
     * The bounds.
     *
     * @param bytes of one body
     * @param deadline by when it must have arrived
     * @param awaited bodies that have not arrived; for one more the one that has waited longest is given up
     */
    record Bounds(long bytes, Duration deadline, int awaited) {}

    /** Bodies that are being waited for. */
    int awaited() {
        return count.get();
    }

    /** The body; fails with {@link RequestRefused} if it is too large or too slow. */
    CompletionStage<byte[]> read(Exchange exchange) {
        if (exchange.request().entity() instanceof HttpEntity.Strict whole) {
            // It came in one piece with its head, as nearly all do: there is nothing to wait for.
            return whole.getData().size() > bounds.bytes()
                    ? CompletableFuture.failedFuture(new RequestRefused(Refusals.tooLarge(bounds.bytes())))
                    : CompletableFuture.completedFuture(whole.getData().toArray());
        }
        if (exchange.request().entity().getContentLengthOption().orElse(0) > bounds.bytes()) {
            return CompletableFuture.failedFuture(new RequestRefused(Refusals.tooLarge(bounds.bytes())));
        }
        InFlight.Place place = exchange.request().getAttribute(InFlight.PLACE).orElse(null);
        if (place == null) {
            return arriving(exchange);
        }
        place.pause();
        return arriving(exchange).handle((body, failure) -> {
            if (!place.resume() && failure == null) {
                throw new RequestRefused(Refusals.tooManyRequests());
            }
            if (failure != null) {
                throw failure instanceof CompletionException known ? known : new CompletionException(failure);
            }
            return body;
        });
    }

    private CompletionStage<byte[]> arriving(Exchange exchange) {
        CompletableFuture<byte[]> body = new CompletableFuture<>();
        Awaited place = new Awaited(body);
        awaited.add(place);
        if (count.incrementAndGet() > bounds.awaited()) {
            Awaited oldest = awaited.poll();
            if (oldest != null) {
                oldest.body.completeExceptionally(new RequestRefused(Refusal.timeout(
                        "the body of the request did not arrive before too many others were awaited", 1)));
            }
        }
        exchange.request()
                .entity()
                .withSizeLimit(bounds.bytes())
                .toStrict(bounds.deadline().toMillis(), materializer)
                .whenComplete((strict, failure) -> {
                    if (failure == null) {
                        body.complete(strict.getData().toArray());
                    } else {
                        body.completeExceptionally(refusal(failure));
                    }
                });
        return body.whenComplete((bytes, failure) -> {
            awaited.remove(place);
            count.decrementAndGet();
        });
    }

    private Throwable refusal(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof EntityStreamSizeException) {
            return new RequestRefused(Refusals.tooLarge(bounds.bytes()));
        }
        if (cause instanceof EntityStreamException) {
            return RequestRefused.badRequest("the body of the request broke off");
        }
        if (cause instanceof TimeoutException) {
            return new RequestRefused(Refusal.timeout(
                    "the body of the request did not arrive within "
                            + bounds.deadline().toSeconds() + " s",
                    1));
        }
        return cause;
    }

    /** One body that has not arrived, told apart from all others. */
    private static final class Awaited {
        private final CompletableFuture<byte[]> body;

        private Awaited(CompletableFuture<byte[]> body) {
            this.body = body;
        }
    }
}
