package dev.weft.proxy.dataplane;

import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Verdict;
import io.netty.channel.unix.FileDescriptor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where clients of a service come in on this node. May be called from any thread; nothing waits for a socket.
 */
sealed interface Listener permits TcpListener, UdpListener {
    /** Binds as soon as it can; the outcome shows in the status. */
    void open();

    /** Lets nobody else in and frees the port. What is open goes on as the protocol allows. */
    void close();

    /** Another process listens on the same socket: leaves it, and ends nothing before {@link #closeConnections}. */
    void handOver();

    /** That of the bound socket; null when there is none that can be handed over. */
    @Nullable
    FileDescriptor descriptor();

    /** Ends what is still open. */
    void closeConnections();

    /** Takes over a plan; what leaves gets nothing new from now on. */
    void update(ListenerPlan plan);

    /** Endpoints have been checked: what is unhealthy is out of choice at once, what is not may be in it. */
    void judge(Function<ProbeTarget, Verdict> verdicts);

    /** What it has whatever its protocol. */
    Reception reception();

    /** Connections, or sessions. */
    default int openConnections() {
        return reception().open();
    }

    /** How it stands with its socket. */
    BindOutcome outcome();

    default ListenerStatus status() {
        return reception().status(outcome());
    }
}
