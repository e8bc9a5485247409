package dev.weft.proxy.dataplane;

import io.netty.channel.unix.FileDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a data plane follows on another one of its host, and is followed: with the bound sockets, so that no connection that
 * waits in one is lost, and with the clients of session affinity, so that each keeps its endpoint. For any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers of a loop need no looking after
final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

    /** A process that is asked for its sockets answers in milliseconds, or does not. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int CHECK_MILLIS = 20;

    private final Transport transport;
    private final LongSupplier nanos;
    private final int mostClients;
    private final Supplier<List<Listener>> listeners;
    private final Consumer<Inheritance> adopt;
    private volatile AffinityMemory memory = AffinityMemory.NONE;
    private volatile boolean relieved;

    /**
     * @param mostClients of session affinity that are told of
     * @param listeners those that are open
     * @param adopt opens listeners by what has been handed over and would be closed
     */
    Succession(
            Transport transport,
            LongSupplier nanos,
            int mostClients,
            Supplier<List<Listener>> listeners,
            Consumer<Inheritance> adopt) {
        this.transport = transport;
        this.nanos = nanos;
        this.mostClients = mostClients;
        this.listeners = listeners;
        this.adopt = adopt;
    }

    /** As {@link DataPlane#inherit}. */
    CompletionStage<Integer> inherit(Path socket) {
        if (!transport.epoll()) {
            return CompletableFuture.completedFuture(0);
        }
        Handover handover = new Handover(transport.acceptors(), socket);
        CompletionStage<Inheritance> coming = remember(handover).thenCompose(remembered -> handover.receive(PATIENCE));
        transport.inheritance().set(coming);
        return coming.thenApply(Inheritance::size);
    }

    /** As {@link DataPlane#succeed}. */
    CompletionStage<Runnable> succeed(Path socket, Runnable whenRelieved) {
        if (!transport.epoll()) {
            return CompletableFuture.failedFuture(
                    new UnsupportedOperationException("listeners can be handed over with native epoll only"));
        }
        Handover handover = new Handover(transport.acceptors(), socket);
        return transport
                .inherited()
                .thenAccept(adopt)
                .thenCompose(adopted -> allBound())
                .thenCompose(bound -> remember(handover)) // who has come to the other meanwhile, too
                .thenCompose(remembered -> handover.relieve(PATIENCE))
                .thenCompose(alone -> transport.inherited())
                .thenCompose(inherited -> {
                    inherited.close();
                    memory = AffinityMemory.NONE;
                    return handover.offer(new Handover.Estate(this::descriptors, this::told, () -> {
                        relieved = true;
                        whenRelieved.run();
                    }));
                });
    }

    /** Has a listener that is to be opened remember what its predecessor told of it. */
    void recall(Listener listener) {
        memory.recall(listener);
    }

    /** Whether a successor has taken over. */
    boolean relieved() {
        return relieved;
    }

    private CompletionStage<Void> remember(Handover handover) {
        return handover.recollect(PATIENCE, mostClients).thenAccept(told -> {
            memory = told; // for those that are opened from now on
            listeners.get().forEach(told::recall);
            if (told.size() > 0) {
                LOG.info("keeps {} clients on the endpoints that they have by session affinity", told.size());
            }
        });
    }

    private byte[] told() {
        return AffinityMemory.of(listeners.get(), mostClients).encoded();
    }

    private List<FileDescriptor> descriptors() {
        List<FileDescriptor> bound = new ArrayList<>();
        for (Listener listener : listeners.get()) {
            FileDescriptor descriptor = listener.descriptor();
            if (descriptor != null) {
                bound.add(descriptor);
            }
        }
        return bound;
    }

    private CompletionStage<Void> allBound() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        awaitBound(nanos.getAsLong() + PATIENCE.toNanos(), done);
        return done;
    }

    private void awaitBound(long deadlineNanos, CompletableFuture<Void> done) {
        if (nanos.getAsLong() - deadlineNanos >= 0
                || listeners.get().stream()
                        .noneMatch(listener -> listener.status().state() == BindState.BINDING)) {
            done.complete(null);
        } else {
            transport.acceptors().schedule(() -> awaitBound(deadlineNanos, done), CHECK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }
}
