package dev.weft.proxy.dataplane;

import dev.weft.proxy.dataplane.HalfClose.End;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of the two sockets of a {@link Relay}: reads, passes on, and tells the relay what happens. Confined to its event
 * loop. It tells {@link Relay#gone} once, if it was connected ever.
 */
abstract class Side {
    final Relay relay;
    final End end;

    Side(Relay relay, End end) {
        this.relay = relay;
        this.end = end;
    }

    abstract EventLoop loop();

    /** Connects a new socket, and tells the outcome once: null, or what was in the way. */
    abstract void connect(InetSocketAddress address, Consumer<@Nullable Throwable> outcome);

    /** What comes on this one goes to the other from now on. The other is of the same kind. */
    abstract void flowTo(Side other);

    /** Passes the end of the other's input on, after everything before it; then tells {@link Relay#outputEnded}. */
    abstract void endOutput();

    /**
     * Sends what is left and the end, then throws away what comes: a close with unread data would be a reset. Is reset when
     * that takes longer than the closing grace.
     *
     * @param inputEnded whether there is nothing more to come
     */
    abstract void closeWhenSent(boolean inputEnded);

    /** Ends with a reset. */
    abstract void abort();

    /** Ends; what has been taken by the kernel is still sent. */
    abstract void closeNow();
}
