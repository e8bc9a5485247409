package dev.weft.proxy.dataplane;

import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** A socket of TCP as the kernel has it, that never blocks. What it cannot do it tells with the error number. */
final class NativeSocket extends Socket {
    // Linux: netinet/in.h, bits/in.h, netinet/tcp.h, asm-generic/socket.h
    private static final int IPPROTO_IP = 0;
    private static final int IP_FREEBIND = 15;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_KEEPIDLE = 4;
    private static final int TCP_KEEPINTVL = 5;
    private static final int TCP_KEEPCNT = 6;
    private static final int SOL_SOCKET = 1;
    private static final int SO_BINDTOIFINDEX = 62;

    /** Of the loopback interface, in every network namespace. */
    private static final int LOOPBACK = 1;

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

    /**
     * Whether an address of IPv6 is this host's by a local route over the loopback interface, as Weft puts them. If no
     * interface has it, Linux binds only a socket to it that may bind freely (IP_FREEBIND, which it takes for both families);
     * to one of IPv4 it binds any. Nothing is sent to find out.
     */
    static boolean needsFreeBind(InetSocketAddress address) {
        if (!(address.getAddress() instanceof Inet6Address six) || six.isLoopbackAddress() || six.isAnyLocalAddress()) {
            return false;
        }
        NativeSocket probe = null;
        try {
            probe = new NativeSocket(newSocketDgram0(true));
            probe.setIntOpt(SOL_SOCKET, SO_BINDTOIFINDEX, LOOPBACK);
            probe.connect(address); // over this interface there is a way to what is routed to it only
            return true;
        } catch (IOException | ChannelException e) {
            return false; // to bind it tells what is in the way
        } finally {
            if (probe != null) {
                probe.closeQuietly();
            }
        }
    }

    /** Lets it be bound to what {@link #needsFreeBind} tells. */
    void bindFreely() throws IOException {
        setIntOpt(IPPROTO_IP, IP_FREEBIND, 1);
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
