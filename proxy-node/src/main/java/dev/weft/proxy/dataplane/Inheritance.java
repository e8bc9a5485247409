package dev.weft.proxy.dataplane;

import dev.weft.proxy.view.Protocol;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bound sockets that another process has handed over, by where they are bound, until each is taken. For any thread.
 */
final class Inheritance {
    private static final Logger LOG = LoggerFactory.getLogger(Inheritance.class);

    // Linux: asm-generic/socket.h
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;

    private final Map<InetSocketAddress, Integer> tcp = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, Integer> udp = new ConcurrentHashMap<>();
    private boolean closed;

    /** Keeps one that listens; closes any other. */
    synchronized void add(FileDescriptor descriptor) {
        int number = descriptor.intValue();
        NativeSocket socket = new NativeSocket(number);
        try {
            InetSocketAddress at = socket.localAddress();
            int type = socket.getIntOpt(SOL_SOCKET, SO_TYPE);
            boolean listens = type == SOCK_STREAM && socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 1;
            boolean receives = type == SOCK_DGRAM && socket.remoteAddress() == null;
            Integer former = closed || at == null
                    ? Integer.valueOf(number)
                    : listens ? tcp.put(at, number) : receives ? udp.put(at, number) : Integer.valueOf(number);
            if (former != null) {
                new NativeSocket(former).closeQuietly();
            }
        } catch (IOException e) {
            LOG.warn("a socket that was handed over is of no use: {}", e.toString());
            socket.closeQuietly();
        }
    }

    OptionalInt takeTcp(InetSocketAddress at) {
        return taken(tcp.remove(at));
    }

    OptionalInt takeUdp(InetSocketAddress at) {
        return taken(udp.remove(at));
    }

    /** Whether there is one of TCP, not taken yet, that is bound there. */
    boolean listensAt(ListenerKey key) {
        return key.protocol() == Protocol.TCP && tcp.containsKey(new InetSocketAddress(key.address(), key.port()));
    }

    int size() {
        return tcp.size() + udp.size();
    }

    /** Nobody wants the rest. */
    synchronized void close() {
        closed = true;
        tcp.values().forEach(number -> new NativeSocket(number).closeQuietly());
        udp.values().forEach(number -> new NativeSocket(number).closeQuietly());
        tcp.clear();
        udp.clear();
    }

    private static OptionalInt taken(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
