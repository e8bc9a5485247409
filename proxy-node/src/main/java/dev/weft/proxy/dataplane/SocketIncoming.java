package dev.weft.proxy.dataplane;

import dev.weft.proxy.dataplane.HalfClose.End;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection on a socket of the kernel's, on the loop where it is to be relayed. */
final class SocketIncoming implements Incoming {
    private final RelayLoop at;
    private final NativeSocket accepted;
    private final InetSocketAddress client;
    private final DataPlaneSettings settings;

    /** @param at one relay of which this is, until it ends */
    SocketIncoming(RelayLoop at, NativeSocket accepted, InetSocketAddress client, DataPlaneSettings settings) {
        this.at = at;
        this.accepted = accepted;
        this.client = client;
        this.settings = settings;
    }

    @Override
    public SocketAddress client() {
        return client;
    }

    @Override
    public @Nullable SocketAddress local() {
        return accepted.localAddress();
    }

    @Override
    public void refuse() {
        at.release();
        accepted.resetAndClose();
    }

    @Override
    public Side front(Relay relay) {
        SocketSide side = new SocketSide(relay, End.CLIENT, accepted, at, settings);
        side.begin();
        return side;
    }

    @Override
    public Side back(Relay relay, InetSocketAddress endpoint) throws IOException {
        NativeSocket socket = NativeSocket.of(endpoint);
        return new SocketSide(relay, End.SERVER, socket, at, settings);
    }
}
