package dev.weft.proxy.dataplane;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection that has been accepted, before anything else has been done with it. Confined to its event loop. */
interface Incoming {
    /** Null when it is gone already. */
    @Nullable
    SocketAddress client();

    /** Where the client came in; null when it is gone already. */
    @Nullable
    SocketAddress local();

    /** Resets it. */
    void refuse();

    /** Its side of that relay; nothing is read from it yet. */
    Side front(Relay relay);

    /**
     * A new socket on the same loop, that is to be connected to an endpoint.
     *
     * @throws IOException when there is none to be had
     */
    Side back(Relay relay, InetSocketAddress endpoint) throws IOException;
}
