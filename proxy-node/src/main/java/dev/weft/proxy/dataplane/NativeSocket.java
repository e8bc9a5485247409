package dev.weft.proxy.dataplane;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** A socket of TCP as the kernel has it, that never blocks. What it cannot do it tells with the error number. */
final class NativeSocket extends Socket {
    // Linux: netinet/in.h, netinet/tcp.h
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;

    /** Takes over a descriptor. */
    NativeSocket(int descriptor) {
        super(descriptor);
    }

    /**
     * A new socket of the family of that address.
     *
     * @throws IOException when there are no more descriptors, or the host does not know the family
     */
    static NativeSocket of(InetSocketAddress address) throws IOException {
        Epoll.ensureAvailability();
        try {
            return new NativeSocket(newSocketStream0(address.getAddress() instanceof Inet6Address));
        } catch (ChannelException e) { // Netty wraps the error of this one call
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        }
    }

    /** Sends small pieces at once and finds dead peers. What a listening socket is given, those that it accepts have. */
    void prepare(KeepAlive keepAlive) throws IOException {
        setTcpNoDelay(true);
        setKeepAlive(true);
        setIntOpt(IPPROTO_TCP, TCP_KEEPIDLE, keepAlive.idleSeconds());
        setIntOpt(IPPROTO_TCP, TCP_KEEPINTVL, keepAlive.intervalSeconds());
        setIntOpt(IPPROTO_TCP, TCP_KEEPCNT, keepAlive.probes());
    }

    /** Tells the peer at once, whatever was not sent yet. */
    void resetAndClose() {
        try {
            setSoLinger(0);
        } catch (IOException e) {
            // the kernel has given it up already
        }
        closeQuietly();
    }

    /** What cannot be closed is closed. */
    void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            // an error that was left on it; the descriptor is free all the same
        }
    }
}
