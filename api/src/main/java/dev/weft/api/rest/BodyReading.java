package dev.weft.api.rest;

import akka.http.javadsl.model.HttpEntity;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.stream.Materializer;
import dev.weft.api.problem.Refusals;
import dev.weft.api.problem.RequestRefused;
import dev.weft.registry.resource.Refusal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/** Reads a request's body into memory, up to a bound and a deadline. */
final class BodyReading {
    private final long maxBytes;
    private final Duration deadline;
    private final Materializer materializer;

    BodyReading(long maxBytes, Duration deadline, Materializer materializer) {
        this.maxBytes = maxBytes;
        this.deadline = deadline;
        this.materializer = materializer;
    }

    /** The body; fails with {@link RequestRefused} if it is too large or too slow. */
    CompletionStage<byte[]> read(Exchange exchange) {
        if (exchange.request().entity() instanceof HttpEntity.Strict whole) {
            // It came in one piece with its head, as nearly all do: there is nothing to wait for.
            return whole.getData().size() > maxBytes
                    ? CompletableFuture.failedFuture(new RequestRefused(Refusals.tooLarge(maxBytes)))
                    : CompletableFuture.completedFuture(whole.getData().toArray());
        }
        if (exchange.request().entity().getContentLengthOption().orElse(0) > maxBytes) {
            return CompletableFuture.failedFuture(new RequestRefused(Refusals.tooLarge(maxBytes)));
        }
        return exchange.request()
                .entity()
                .withSizeLimit(maxBytes)
                .toStrict(deadline.toMillis(), materializer)
                .thenApply(HttpEntity.Strict::getData)
                .thenApply(bytes -> bytes.toArray())
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(refusal(failure)));
    }

    private Throwable refusal(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof EntityStreamSizeException) {
            return new RequestRefused(Refusals.tooLarge(maxBytes));
        }
        if (cause instanceof EntityStreamException) {
            return RequestRefused.badRequest("the body of the request broke off");
        }
        if (cause instanceof TimeoutException) {
            return new RequestRefused(
                    Refusal.timeout("the body of the request did not arrive within " + deadline.toSeconds() + " s", 1));
        }
        return cause;
    }
}
