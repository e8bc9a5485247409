package dev.weft.proxy.dataplane;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel is asked to tell of a socket, edge triggered, and what its bits mean. It is asked once to tell of bytes that
 * came; of room for more to send from the first time on that room is lacking. On one loop.
 */
final class SocketEvents {
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

    private final EpollIoHandle handle;
    private final IoEventLoop loop;
    private @Nullable IoRegistration registration;
    private boolean writing;

    SocketEvents(EpollIoHandle handle, IoEventLoop loop) {
        this.handle = handle;
        this.loop = loop;
    }

    /** There may be something to read: bytes, the end, or an error. */
    static boolean toRead(int seen) {
        return (seen & (IN | PRI | RDHUP | ERR | HUP)) != 0;
    }

    /** Something has come that bytes alone do not tell: it is to be read until there is nothing left. */
    static boolean more(int seen) {
        return (seen & ~(IN | OUT)) != 0;
    }

    static boolean room(int seen) {
        return (seen & OUT) != 0;
    }

    static boolean error(int seen) {
        return (seen & ERR) != 0;
    }

    /** To be told of what comes. */
    void awaitInput() {
        register(READING);
    }

    /** To be told of that, and when the socket is connected. */
    void awaitConnection() {
        writing = true;
        register(WRITING);
    }

    /** To be told of room to send, from now on. */
    void awaitRoom() {
        IoRegistration registered = registration;
        if (!writing && registered != null) {
            writing = true;
            registered.submit(WRITING);
        }
    }

    void cancel() {
        if (registration != null) {
            registration.cancel();
        }
    }

    /** Registering is done when it comes back: this is the loop's thread. */
    private void register(EpollIoOps wanted) {
        Future<IoRegistration> registering = loop.register(handle);
        IoRegistration registered = registering.getNow();
        if (registered == null) {
            throw new IllegalStateException("not on its loop", registering.cause());
        }
        registration = registered;
        registered.submit(wanted);
    }
}
