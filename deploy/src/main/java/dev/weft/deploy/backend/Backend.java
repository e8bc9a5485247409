package dev.weft.deploy.backend;

import dev.weft.gossip.HostPort;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/** One running backend. */
public final class Backend implements AutoCloseable {
    private final String name;
    private final Channel listener;
    private final ChannelGroup open;
    private final AtomicLong requests;

    Backend(String name, Channel listener, ChannelGroup open, AtomicLong requests) {
        this.name = name;
        this.listener = listener;
        this.open = open;
        this.requests = requests;
    }

    /** What it answers with. */
    public String name() {
        return name;
    }

    /** Where it listens, with the port that it got. */
    public HostPort address() {
        InetSocketAddress bound = (InetSocketAddress) listener.localAddress();
        return new HostPort(bound.getAddress().getHostAddress(), bound.getPort());
    }

    /** How many requests (messages, for an echo) it has taken since its start. */
    public long requests() {
        return requests.get();
    }

    /** Stops listening and cuts what is open, as a crash would. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        open.close().awaitUninterruptibly();
    }
}
