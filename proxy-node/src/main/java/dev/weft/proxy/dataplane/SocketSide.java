package dev.weft.proxy.dataplane;

import dev.weft.proxy.dataplane.HalfClose.End;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A side on a socket of the kernel's: it connects, and ends in the ways that a relay asks for; what comes on it is the matter
 * of its {@link Inflow}.
 *
 * <p>The kernel is told once what to wait for, edge triggered: so a socket is read until there is nothing left, or less
 * came than was asked for; in the latter case the end of input is told by an event of its own (EPOLLRDHUP), as are errors
 * and urgent data, and then it is read until there is nothing left. An event may be that of a former owner of the
 * descriptor: none is believed, each is looked into.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers need no looking after
final class SocketSide extends Side implements EpollIoHandle {
    private static final Logger LOG = LoggerFactory.getLogger(SocketSide.class);

    private final RelayLoop at;
    private final NativeSocket socket;
    private final DataPlaneSettings settings;
    private final SocketEvents events;
    private final Inflow inflow;
    private @Nullable SocketSide peer;
    private @Nullable Consumer<@Nullable Throwable> connecting;
    private @Nullable Future<?> connectTimeout;
    private boolean connected;
    private boolean open = true;
    private boolean inputOver;
    private boolean outputOver;
    private boolean closing;
    private boolean broken;

    SocketSide(Relay relay, End end, NativeSocket socket, RelayLoop at, DataPlaneSettings settings) {
        super(relay, end);
        this.socket = socket;
        this.at = at;
        this.settings = settings;
        this.events = new SocketEvents(this, at.loop());
        this.inflow = new Inflow(this, socket, relay, end, at, settings);
    }

    /** It is connected already. */
    void begin() {
        connected = true;
        try {
            events.awaitInput();
        } catch (RuntimeException e) { // the kernel lacks memory
            LOG.warn("a connection cannot be relayed", e);
            at.loop().execute(relay::reset);
        }
    }

    @Override
    EventLoop loop() {
        return at.loop();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    void connect(InetSocketAddress address, Consumer<@Nullable Throwable> outcome) {
        try {
            socket.prepare(settings.keepAlive());
            if (socket.connect(address)) {
                begin();
                outcome.accept(null);
                return;
            }
        } catch (IOException | RuntimeException e) {
            outcome.accept(e);
            return;
        }
        connecting = outcome;
        events.awaitConnection();
        connectTimeout = at.loop()
                .schedule(
                        () -> connectEnded(new ConnectTimeoutException("connection timed out: " + address)),
                        settings.connecting().timeout().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    void flowTo(Side other) {
        peer = (SocketSide) other;
        if (inflow.readable()) {
            inflow.take();
        }
    }

    /** All that came before it has gone already: nothing is read before that. */
    @Override
    void endOutput() {
        if (!open) {
            return;
        }
        try {
            outputOver = true;
            if (!relay.lastEnds(end)) { // then the close that follows is the end
                socket.shutdown(false, true);
            }
        } catch (IOException | RuntimeException e) {
            relay.wasReset(this);
            return;
        }
        relay.outputEnded(this);
    }

    @Override
    void closeWhenSent(boolean inputEnded) {
        if (!connected) {
            closeNow();
            return;
        }
        closing = true;
        inputOver |= inputEnded;
        at.loop().schedule(this::abort, settings.closeGrace().toMillis(), TimeUnit.MILLISECONDS);
        if (peer == null || peer.inflow.passOn(this)) {
            finish();
        }
        inflow.discard();
    }

    @Override
    void abort() {
        if (open && connected) {
            try {
                socket.setSoLinger(0);
            } catch (IOException e) {
                // the kernel has given it up already
            }
        }
        closeNow();
    }

    @Override
    void closeNow() {
        if (!open) {
            return;
        }
        open = false;
        if (connectTimeout != null) {
            connectTimeout.cancel(false);
        }
        connecting = null;
        socket.closeQuietly(); // and with that the kernel forgets what it was to wait for
        events.cancel();
        SocketSide to = peer;
        if (to == null || !to.open) {
            inflow.drop();
        }
        if (to != null) {
            to.inflow.drop();
        }
        if (end == End.CLIENT) {
            at.release();
        }
        if (connected) {
            relay.gone();
        }
    }

    /** By the loop, when it ends. */
    @Override
    public void close() {
        closeNow();
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int seen = ((EpollIoEvent) event).ops().value();
        if (!open) {
            return;
        }
        try {
            if (SocketEvents.toRead(seen)) {
                inflow.came(SocketEvents.more(seen));
            }
            if (connecting != null && !finishConnect()) {
                return;
            }
            if (SocketEvents.room(seen) && peer != null) {
                peer.inflow.take();
            }
            if (inflow.readable() && open) {
                inflow.take();
            }
            if (SocketEvents.error(seen) && open && socket.getSoError() != 0) {
                failed();
            }
        } catch (IOException | RuntimeException e) { // the loop would stand still for a second
            if (open) {
                LOG.warn("a relay of {} is reset", socket, e);
                relay.reset();
            }
        }
    }

    /** The other one; null before there is one to pass on to. */
    @Nullable
    SocketSide peer() {
        return peer;
    }

    NativeSocket socket() {
        return socket;
    }

    boolean isOpen() {
        return open;
    }

    /** Whether it sends what is left and takes nothing more in. */
    boolean closing() {
        return closing;
    }

    /** Whether what comes is to be read for the other. */
    boolean takesInput() {
        return open && !inputOver && !closing;
    }

    /** Nothing more comes. What is broken has no end in good order. */
    void inputEnded() {
        if (!broken) {
            inputOver = true;
            relay.inputEnded(this);
        }
    }

    /** Something was read that nobody wants, or the end. */
    void discarded(boolean wasEnd) {
        inputOver |= wasEnd;
        if (inputOver && outputOver) {
            closeNow();
        }
    }

    /** The socket is of no more use: what came before that is passed on if it can be, then the relay is reset. */
    void failed() {
        if (closing) {
            closeNow();
        } else if (open && !broken) {
            broken = true;
            inflow.came(true);
            inflow.take();
            if (!relay.ended()) {
                relay.wasReset(this);
            }
        }
    }

    /** To be told of room to send. */
    void awaitRoom() {
        if (open) {
            events.awaitRoom();
        }
    }

    /** Ends the output, and everything if the input has ended. */
    void finish() {
        if (open && inputOver) {
            closeNow();
        } else if (open && !outputOver) {
            outputOver = true;
            try {
                socket.shutdown(false, true);
            } catch (IOException | RuntimeException e) {
                closeNow();
            }
        }
    }

    /** @return whether it is connected */
    private boolean finishConnect() {
        try {
            if (!socket.finishConnect()) {
                return false;
            }
            connected = true;
            connectEnded(null);
            return open;
        } catch (IOException | RuntimeException e) {
            connectEnded(e);
            return false;
        }
    }

    private void connectEnded(@Nullable Throwable failure) {
        Consumer<@Nullable Throwable> outcome = connecting;
        if (outcome != null) {
            connecting = null;
            if (connectTimeout != null) {
                connectTimeout.cancel(false);
            }
            outcome.accept(failure);
        }
    }
}
