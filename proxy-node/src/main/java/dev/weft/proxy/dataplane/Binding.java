package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.ServiceKey;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of a listener: bound, and tried again while it cannot be, until it is closed. Its own state is touched on one
 * loop only; the outcome may be read anywhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed; timers need no looking after
final class Binding {
    private static final Logger LOG = LoggerFactory.getLogger(Binding.class);
    /**
     * How far the pause before the next attempt has grown until a failure is logged. That the address is not there is logged
     * with the longest pause only: it comes by a command, which takes its time where many come.
     */
    private static final int QUIET = 8;

    private final ServiceKey service;
    private final ListenerKey key;
    private final DataPlaneSettings settings;
    private final RandomGenerator jitter;
    private final EventLoopGroup loop;
    private final Function<InetSocketAddress, CompletionStage<Door>> attempt;
    private volatile @Nullable Door door;
    private boolean closing;
    /** On the loop. What the log has heard; first failures are not worth it, since the address may just be coming. */
    private BindState told = BindState.BINDING;

    private volatile BindOutcome outcome = new BindOutcome(BindState.BINDING, "");

    /**
     * Begins nothing yet.
     *
     * @param loop of one thread
     * @param attempt tries to bind there
     */
    Binding(
            ServiceKey service,
            ListenerKey key,
            DataPlaneSettings settings,
            RandomGenerator jitter,
            EventLoopGroup loop,
            Function<InetSocketAddress, CompletionStage<Door>> attempt) {
        this.service = service;
        this.key = key;
        this.settings = settings;
        this.jitter = jitter;
        this.loop = loop;
        this.attempt = attempt;
    }

    void open() {
        loop.execute(() -> bind(settings.bindRetryMin()));
    }

    /** On the loop. */
    void close() {
        closing = true;
        outcome = new BindOutcome(BindState.CLOSED, "");
        Door bound = door;
        if (bound != null) {
            bound.close();
        }
    }

    /** On the loop. */
    boolean closing() {
        return closing;
    }

    /** Of the bound socket; null while there is none, or none that can be handed over. From any thread. */
    @Nullable
    FileDescriptor descriptor() {
        Door bound = door;
        return bound == null || outcome.state() != BindState.BOUND ? null : bound.descriptor();
    }

    BindOutcome outcome() {
        return outcome;
    }

    private void bind(Duration retryAfter) {
        if (!closing) {
            attempt.apply(new InetSocketAddress(key.address(), key.port()))
                    .whenComplete((bound, failure) -> loop.execute(() -> bound(bound, failure, retryAfter)));
        }
    }

    private void bound(@Nullable Door bound, @Nullable Throwable failure, Duration retryAfter) {
        if (failure == null && bound != null) {
            door = bound;
            if (closing) {
                bound.close();
                return;
            }
            outcome = new BindOutcome(BindState.BOUND, "");
            LOG.info("listener {} of {} is bound", key, service);
            return;
        }
        if (closing) {
            return;
        }
        BindOutcome now = BindOutcome.of(key, failure == null ? new IOException("no socket") : failure);
        boolean patient = now.state() == BindState.ADDRESS_NOT_ON_HOST
                || retryAfter.compareTo(settings.bindRetryMin().multipliedBy(QUIET)) < 0;
        if (now.state() != told && !(patient && retryAfter.compareTo(settings.bindRetryMax()) < 0)) {
            told = now.state();
            LOG.warn("listener {} of {} cannot be bound: {}; tried again by itself", key, service, now.reason());
        }
        outcome = now;
        long delayMillis = (long) (retryAfter.toMillis() * (0.5 + jitter.nextDouble() / 2));
        Duration doubled = retryAfter.multipliedBy(2);
        Duration next = doubled.compareTo(settings.bindRetryMax()) < 0 ? doubled : settings.bindRetryMax();
        loop.schedule(() -> bind(next), Math.max(1, delayMillis), TimeUnit.MILLISECONDS);
    }
}
