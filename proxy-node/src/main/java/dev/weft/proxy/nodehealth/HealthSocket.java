package dev.weft.proxy.nodehealth;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One listening socket: tried again while it cannot be bound, until it is closed. Used on its loop only, but for status. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed; timers need no looking after
final class HealthSocket {
    private static final Logger LOG = LoggerFactory.getLogger(HealthSocket.class);

    private final InetSocketAddress address;
    private final NodeHealthSettings settings;
    private final EventLoopGroup loop;
    private final RandomGenerator jitter;
    private final Consumer<Channel> accept;
    private @Nullable Channel channel;
    private boolean closed;
    private volatile String problem = "not bound yet";
    private volatile int boundPort;

    /**
     * Begins nothing yet.
     *
     * @param loop of one thread
     * @param accept prepares a connection
     */
    HealthSocket(
            InetSocketAddress address,
            NodeHealthSettings settings,
            EventLoopGroup loop,
            RandomGenerator jitter,
            Consumer<Channel> accept) {
        this.address = address;
        this.settings = settings;
        this.loop = loop;
        this.jitter = jitter;
        this.accept = accept;
    }

    void open() {
        bind(settings.bindRetryMin());
    }

    void close() {
        closed = true;
        if (channel != null) {
            channel.close();
        }
    }

    /** Empty when it is bound. */
    String problem() {
        return problem;
    }

    /** 0 while it is not bound. */
    int boundPort() {
        return boundPort;
    }

    private void bind(Duration retryAfter) {
        if (closed) {
            return;
        }
        new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        accept.accept(child);
                    }
                })
                .bind(address)
                .addListener((ChannelFuture bound) -> loop.execute(() -> bound(bound, retryAfter)));
    }

    private void bound(ChannelFuture bound, Duration retryAfter) {
        Throwable failure = bound.cause();
        if (failure == null) {
            channel = bound.channel();
            if (closed) {
                channel.close();
                return;
            }
            problem = "";
            boundPort = ((InetSocketAddress) channel.localAddress()).getPort();
            return;
        }
        if (closed) {
            return;
        }
        String now = String.valueOf(failure.getMessage());
        if (!now.equals(problem)) {
            LOG.warn("health checks cannot be answered at {}: {}; tried again by itself", address, now);
            problem = now;
        }
        long delayMillis = (long) (retryAfter.toMillis() * (0.5 + jitter.nextDouble() / 2));
        Duration doubled = retryAfter.multipliedBy(2);
        Duration next = doubled.compareTo(settings.bindRetryMax()) < 0 ? doubled : settings.bindRetryMax();
        loop.schedule(() -> bind(next), Math.max(1, delayMillis), TimeUnit.MILLISECONDS);
    }
}
