package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Hashing;
import dev.weft.proxy.balance.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection and its connection to an endpoint. Both live on one event loop, so nothing here is locked;
 * only {@link #close} may be called from elsewhere.
 *
 * <p>Reading from a side pauses while the other cannot take more. An end of input is passed on after all that came
 * before it; a reset is passed on at once.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows on its channel
final class Relay {
    /** How long a side that is closed may take to accept what is still to be sent. */
    private static final int CLOSE_GRACE_SECONDS = 5;

    private final Listener listener;
    private final Route route;
    private final LongSupplier nanos;
    private final long clientKey;
    private final Side front;
    private final List<Target> tried = new ArrayList<>(1);
    private @Nullable Side back;
    private @Nullable Target target;
    private long askedNanos;
    private boolean ended;

    /** Takes over an accepted channel, which does not read yet. */
    Relay(Listener listener, Route route, Channel accepted, LongSupplier nanos) {
        this.listener = listener;
        this.route = route;
        this.nanos = nanos;
        this.front = new Side(accepted);
        byte[] address = accepted.remoteAddress() instanceof InetSocketAddress remote && !remote.isUnresolved()
                ? remote.getAddress().getAddress()
                : new byte[0];
        this.clientKey = Hashing.of(address, 0);
        accepted.pipeline().addLast(front);
    }

    /** Picks an endpoint and connects; on failure another, as often as the settings allow. */
    void connect() {
        if (ended) {
            return;
        }
        Target picked = tried.size() < listener.settings().connectAttempts()
                ? route.pick(clientKey, nanos.getAsLong(), tried)
                : null;
        if (picked == null) {
            listener.countNoEndpoint();
            reset();
            return;
        }
        target = picked;
        tried.add(picked);
        route.opened(picked, this);
        new Bootstrap()
                .group(front.channel.eventLoop())
                .channel(listener.transport().channel())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(
                        ChannelOption.CONNECT_TIMEOUT_MILLIS,
                        Math.toIntExact(listener.settings().connectTimeout().toMillis()))
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, listener.waterMark())
                .handler(new ChannelInboundHandlerAdapter()) // replaced once connected
                .connect(picked.address())
                .addListener((ChannelFuture connected) -> connected(connected, picked));
    }

    /** Ends both sides in good order: what has been taken is still sent. From any thread. */
    void close() {
        front.channel.eventLoop().execute(() -> {
            if (!ended) {
                front.closeWhenSent();
                if (back != null) {
                    back.closeWhenSent();
                }
                end();
            }
        });
    }

    private void connected(ChannelFuture connected, Target picked) {
        if (!connected.isSuccess()) {
            if (!ended) {
                picked.failed();
                route.closed(picked, this);
                target = null;
                connect();
            }
            return;
        }
        Channel channel = connected.channel();
        if (ended) {
            channel.close();
            return;
        }
        Side opened = new Side(channel);
        back = opened;
        opened.peer = front;
        front.peer = opened;
        channel.pipeline().addLast(opened);
        front.handOver(opened);
        channel.config().setAutoRead(true);
        front.channel.config().setAutoRead(channel.isWritable());
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        front.discardEarly();
        if (target != null) {
            route.closed(target, this);
        }
        listener.relayEnded(this);
    }

    /** Both sides end with a reset: what one has suffered, the other sees. */
    private void reset() {
        end();
        front.reset();
        if (back != null) {
            back.reset();
        }
    }

    private void measure(Side from) {
        if (!route.balancer().usesLatency() || target == null) {
            return;
        }
        long now = nanos.getAsLong();
        if (from == front) {
            askedNanos = askedNanos == 0 ? now : askedNanos;
        } else if (askedNanos != 0) {
            target.latency(now - askedNanos, now);
            askedNanos = 0;
        }
    }

    private final class Side extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        /** What came before the other side was connected; bounded by the kernel's receive buffer. */
        private final Queue<Object> early = new ArrayDeque<>(0);

        private @Nullable Side peer;
        private boolean inputEnded;
        private boolean outputEnded;

        Side(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (ended) {
                ReferenceCountUtil.release(message);
            } else if (peer == null) {
                early.add(message);
            } else {
                measure(this);
                peer.channel.write(message, peer.channel.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (peer != null && !ended) {
                peer.channel.flush();
                if (!peer.channel.isWritable()) {
                    channel.config().setAutoRead(false);
                }
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (peer != null && channel.isWritable() && !ended) {
                peer.channel.config().setAutoRead(true);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE && !inputEnded) {
                inputEnded = true;
                if (peer != null) {
                    peer.endOutput();
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            // After an end in both directions the kernel may close a side while the other is still being sent to.
            if (!ended && !(inputEnded && outputEnded)) {
                Relay.this.reset();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!ended) {
                Relay.this.reset();
            }
        }

        /** The peer is connected: gives it what came early. */
        void handOver(Side connected) {
            for (Object message = early.poll(); message != null; message = early.poll()) {
                measure(this);
                connected.channel.write(message, connected.channel.voidPromise());
            }
            connected.channel.flush();
            if (inputEnded) {
                connected.endOutput();
            }
        }

        /** Sends the end of input on, after everything before it; shutting down at once would drop that. */
        void endOutput() {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
                if (ended) {
                    return;
                }
                if (!sent.isSuccess()) {
                    Relay.this.reset();
                    return;
                }
                ((DuplexChannel) channel).shutdownOutput().addListener(shut -> outputEnded());
            });
        }

        private void outputEnded() {
            outputEnded = true;
            if (!ended && peer != null && peer.outputEnded) {
                end();
                channel.close();
                peer.channel.close();
            }
        }

        void closeWhenSent() {
            channel.config().setAutoRead(false);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> channel.close());
            channel.eventLoop().schedule(this::reset, CLOSE_GRACE_SECONDS, TimeUnit.SECONDS);
        }

        void reset() {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.close();
            }
        }

        void discardEarly() {
            for (Object message = early.poll(); message != null; message = early.poll()) {
                ReferenceCountUtil.release(message);
            }
        }
    }
}
