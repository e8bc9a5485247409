package dev.weft.proxy.dataplane;

import dev.weft.proxy.dataplane.HalfClose.End;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
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
 * A side on a socket of the kernel's: what comes is read into the loop's one buffer and written to the other side at once,
 * two calls of the kernel for a small message and no object made. What the other does not take is kept, and nothing is read
 * meanwhile. As long as much comes and the other takes all of it, much is read at once: each call wakes somebody, which is
 * dearer than the copying. Or, if so configured, what comes in bulk goes through a pipe, without being copied.
 *
 * <p>The kernel is told once what to wait for, edge triggered: so a socket is read until there is nothing left, or less
 * came than was asked for; in the latter case the end of input is told by an event of its own (EPOLLRDHUP), as are errors
 * and urgent data, and then it is read until there is nothing left. An event may be that of a former owner of the
 * descriptor: none is believed, each is looked into.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers need no looking after
final class SocketSide extends Side implements EpollIoHandle {
    private static final Logger LOG = LoggerFactory.getLogger(SocketSide.class);

    // Linux: sys/epoll.h
    private static final int IN = 0x001;
    private static final int PRI = 0x002;
    private static final int OUT = 0x004;
    private static final int ERR = 0x008;
    private static final int HUP = 0x010;
    private static final int RDHUP = 0x2000;
    private static final int EDGE = 1 << 31;
    private static final EpollIoOps READING = EpollIoOps.valueOf(IN | PRI | RDHUP | EDGE);
    private static final EpollIoOps WRITING = EpollIoOps.valueOf(IN | PRI | RDHUP | OUT | EDGE);

    /** Reads in a row until others of the loop have their turn; one in bulk counts for some. */
    private static final int ROUNDS = 8;

    private static final int ROUNDS_OF_BULK = 4;

    /** When less than this comes through a pipe at once, it is no longer bulk (bytes). */
    private static final int LITTLE = 16 << 10;

    private final RelayLoop at;
    private final NativeSocket socket;
    private final DataPlaneSettings settings;
    private @Nullable SocketSide peer;
    private @Nullable IoRegistration registration;
    private @Nullable Consumer<@Nullable Throwable> connecting;
    private @Nullable Future<?> connectTimeout;
    /** What has been read of this side and the other has not taken. */
    private final Unsent unsent;

    private boolean inBulk;
    private boolean connected;
    private boolean open = true;
    private boolean waitsToWrite;
    /** There may be something to read. */
    private boolean readable;
    /** Reading less than was asked for does not mean that there is no more. */
    private boolean toTheEnd;

    private boolean inputOver;
    private boolean outputOver;
    private boolean closing;
    private boolean again;
    private boolean broken;

    SocketSide(Relay relay, End end, NativeSocket socket, RelayLoop at, DataPlaneSettings settings) {
        super(relay, end);
        this.socket = socket;
        this.at = at;
        this.settings = settings;
        this.unsent = new Unsent(at);
    }

    /** It is connected already. */
    void begin() {
        connected = true;
        try {
            await(READING);
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
        waitsToWrite = true;
        await(WRITING);
        connectTimeout = at.loop()
                .schedule(
                        () -> connectEnded(new ConnectTimeoutException("connection timed out: " + address)),
                        settings.connecting().timeout().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    @Override
    void flowTo(Side other) {
        peer = (SocketSide) other;
        if (readable) {
            takeIn();
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
        if (peer == null || peer.passOn(this)) {
            finish();
        }
        discard();
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
        if (registration != null) {
            registration.cancel();
        }
        SocketSide to = peer;
        if (to == null || !to.open) {
            unsent.drop();
        }
        if (to != null) {
            to.unsent.drop();
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
            if ((seen & (IN | PRI | RDHUP | ERR | HUP)) != 0) {
                readable = true;
                toTheEnd |= (seen & ~(IN | OUT)) != 0;
            }
            if (connecting != null && !finishConnect()) {
                return;
            }
            if ((seen & OUT) != 0 && peer != null) {
                peer.takeIn();
            }
            if (readable && open) {
                takeIn();
            }
            if ((seen & ERR) != 0 && open && socket.getSoError() != 0) {
                failed();
            }
        } catch (IOException | RuntimeException e) { // the loop would stand still for a second
            if (open) {
                LOG.warn("a relay of {} is reset", socket, e);
                relay.reset();
            }
        }
    }

    /** Reads and passes on, as long as there is something and the other takes it. */
    private void takeIn() {
        SocketSide to = peer;
        if (to == null) {
            return;
        }
        int round = 0;
        while (to.open && passOn(to) && takes(to) && round < ROUNDS) {
            round += inBulk ? ROUNDS_OF_BULK : 1;
            if (!inBulk || !settings.bulk().splice() || !fillPipe()) {
                read(to);
            }
        }
        if (to.closing && unsent.isEmpty()) {
            to.finish();
        }
        if (closing) {
            discard();
        } else if (round >= ROUNDS) {
            later();
        }
    }

    /** Whether there is to be read. */
    private boolean takes(SocketSide to) {
        return readable && open && !inputOver && !closing && !to.closing && !relay.ended();
    }

    /** @return whether nothing is left that has been read and not been passed on */
    private boolean passOn(SocketSide to) {
        if (unsent.isEmpty()) {
            return true;
        }
        try {
            if (unsent.drain(to.socket)) {
                return true;
            }
            to.awaitRoom();
        } catch (IOException e) {
            to.failed();
        }
        return false;
    }

    /** @return false when nothing came this way; only reading tells why */
    private boolean fillPipe() {
        try {
            int came = unsent.fill(socket);
            if (came > 0) {
                relay.moved(end, came);
                inBulk = came >= LITTLE;
            }
            return came > 0;
        } catch (IOException e) {
            failed();
            return true;
        }
    }

    private void read(SocketSide to) {
        int ordinary = settings.highWaterMarkBytes();
        int most = inBulk && at.keptBytes() < settings.bulk().keptBytes()
                ? at.buffer().capacity()
                : Math.min(ordinary, at.buffer().capacity());
        int came;
        try {
            came = socket.recvAddress(at.address(), 0, most);
        } catch (IOException e) {
            readable = false;
            relay.wasReset(this);
            return;
        }
        if (came > 0) {
            readable = came == most || toTheEnd;
            inBulk = came >= ordinary || (inBulk && settings.bulk().splice() && came >= LITTLE);
            relay.moved(end, came);
            give(to, came);
            return;
        }
        readable = false;
        toTheEnd = false;
        if (came < 0 && !broken) { // what is broken has no end in good order
            inputOver = true;
            relay.inputEnded(this);
        }
    }

    /** Passes on what stands in the loop's buffer, and keeps what is not taken. */
    private void give(SocketSide to, int size) {
        int sent;
        try {
            sent = to.socket.sendAddress(at.address(), 0, size);
        } catch (IOException e) {
            to.failed();
            return;
        }
        if (sent < size) {
            unsent.keep(sent, size);
            inBulk &= settings.bulk().splice(); // who takes little at once shall not make much be kept
            to.awaitRoom();
        }
    }

    /** The socket is of no more use: what came before that is passed on if it can be, then the relay is reset. */
    private void failed() {
        if (closing) {
            closeNow();
        } else if (open && !broken) {
            broken = true;
            readable = true;
            toTheEnd = true;
            takeIn();
            if (!relay.ended()) {
                relay.wasReset(this);
            }
        }
    }

    private void awaitRoom() {
        if (!waitsToWrite && registration != null && open) {
            waitsToWrite = true;
            registration.submit(WRITING);
        }
    }

    /** Ends the output, and everything if the input has ended. */
    private void finish() {
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

    private void discard() {
        for (int round = 0; open && readable && round < ROUNDS; round++) {
            try {
                int came = socket.recvAddress(at.address(), 0, at.buffer().capacity());
                readable = came > 0;
                inputOver |= came < 0;
                if (inputOver && outputOver) {
                    closeNow();
                }
            } catch (IOException e) {
                closeNow();
            }
        }
        later();
    }

    private void later() {
        if (open && readable && !again) {
            again = true;
            at.loop().execute(() -> {
                again = false;
                takeIn();
            });
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

    /** Registering is done when it comes back: this is the loop's thread. */
    private void await(EpollIoOps wanted) {
        Future<IoRegistration> registering = at.loop().register(this);
        IoRegistration registered = registering.getNow();
        if (registered == null) {
            throw new IllegalStateException("not on its loop", registering.cause());
        }
        registration = registered;
        registered.submit(wanted);
    }
}
