package dev.weft.proxy.view;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Takes the body of a watch line by line as it comes, and gives up on one that has gone silent. */
final class WatchBody implements HttpResponse.BodySubscriber<Void> {
    private static final int OK = 200;

    private final JsonLines lines;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscription upstream;
    private volatile @Nullable ScheduledFuture<?> supervision;
    private final AtomicLong received = new AtomicLong();
    private volatile int status = OK;
    private volatile boolean gone;
    private volatile @Nullable String refused;
    private long seen = -1;
    private int lineCount;

    WatchBody(int maxLineBytes, BiConsumer<WatchBody, byte[]> onLine) {
        this.lines = new JsonLines(maxLineBytes, line -> {
            lineCount++;
            onLine.accept(this, line);
        });
    }

    void status(int answered) {
        status = answered;
    }

    /** Gives the body up when a whole period has brought no byte; so silence is noticed after one to two periods. */
    void superviseSilence(ScheduledExecutorService timer, Duration silence) {
        long half = Math.max(1, silence.toMillis() / 2);
        supervision = timer.scheduleAtFixedRate(
                () -> {
                    if (received.get() == seen) {
                        fail(new TimeoutException("nothing came for " + silence));
                    }
                    seen = received.get();
                },
                half,
                half,
                TimeUnit.MILLISECONDS);
    }

    /** The server has ended the watch with an error. */
    void refuse(boolean versionGone, String reason) {
        gone = versionGone;
        refused = reason;
        cancel();
    }

    void cancel() {
        Flow.Subscription subscription = upstream;
        if (subscription != null) {
            subscription.cancel();
        }
        done.complete(null);
        ended();
    }

    void ended() {
        ScheduledFuture<?> current = supervision;
        if (current != null) {
            current.cancel(false);
        }
    }

    boolean gone() {
        return gone;
    }

    @Nullable
    String refused() {
        return refused;
    }

    int lines() {
        return lineCount;
    }

    @Override
    public CompletionStage<Void> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        upstream = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> chunks) {
        received.incrementAndGet();
        if (done.isDone() || status != OK) {
            return; // the status says all
        }
        try {
            chunks.forEach(lines::accept);
        } catch (IllegalStateException e) {
            fail(e);
        }
    }

    @Override
    public void onError(Throwable failure) {
        done.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        done.complete(null);
    }

    private void fail(Exception failure) {
        done.completeExceptionally(failure);
        cancel();
    }
}
