package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import dev.weft.proxy.dataplane.HalfClose.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.BindException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One accepted connection and its connection to an endpoint. Both live on one event loop, so nothing here is locked;
 * only {@link #close}, {@link #leadsTo} and {@link #quietRound} may be called from elsewhere.
 *
 * <p>Nothing is read from the client before the endpoint is connected. Reading from a side pauses while the other cannot
 * take more. An end of input is passed on after all that came before it ({@link HalfClose}); a reset is passed on at
 * once, after a first attempt to send what came before it.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows on its channel
final class Relay {
    private final TcpListener listener;
    private final RouteUpkeep lead;
    private final Route route;
    private final LongSupplier nanos;
    private final long clientKey;
    private final Side front;
    private HalfClose halves = HalfClose.OPEN;
    private List<Target> tried = List.of();
    private @Nullable Side back;
    private volatile @Nullable Target target;
    private volatile boolean active = true;
    private int quietRounds;
    private int openSides = 1;
    private long askedNanos;
    private final Account account;
    private long connectingNanos;
    private boolean answered;
    private boolean ended;

    /** Takes over an accepted channel, which does not read yet. */
    Relay(TcpListener listener, RouteUpkeep lead, Channel accepted, LongSupplier nanos) {
        this.listener = listener;
        this.lead = lead;
        this.route = lead.route();
        this.nanos = nanos;
        this.account = new Account(accepted.remoteAddress(), nanos.getAsLong());
        this.front = new Side(End.CLIENT, accepted);
        this.clientKey = Route.keyOf(accepted.remoteAddress());
        accepted.pipeline().addLast(front);
    }

    /** Picks an endpoint and connects; on failure another, as often as the settings and the retry budget allow. */
    void connect() {
        if (ended) {
            return;
        }
        Target picked = mayTry() ? route.pick(clientKey, nanos.getAsLong(), tried) : null;
        if (picked == null) {
            listener.countRefused(tried.isEmpty() && route.hasTargets());
            reset();
            return;
        }
        target = picked;
        connectingNanos = nanos.getAsLong();
        picked.opened();
        tried = tried.isEmpty() ? List.of(picked) : with(tried, picked);
        Channel channel = listener.newUpstream();
        Side opening = new Side(End.SERVER, channel);
        back = opening;
        channel.pipeline().addLast(opening);
        front.channel.eventLoop().register(channel).addListener((ChannelFuture registered) -> {
            if (registered.isSuccess()) {
                channel.connect(picked.address())
                        .addListener((ChannelFuture connected) -> connected(connected, opening, picked));
            } else {
                connected(registered, opening, picked);
            }
        });
    }

    /** Ends both sides in good order: what has been taken is still sent. From any thread. */
    void close() {
        front.channel.eventLoop().execute(() -> {
            if (ended) {
                return;
            }
            end();
            front.closeWhenSent();
            if (back != null) {
                back.closeWhenSent();
            }
        });
    }

    /** Whether it is, or is being, connected to one of these. From any thread. */
    boolean leadsTo(Set<Target> targets) {
        Target now = target;
        return now != null && targets.contains(now);
    }

    /**
     * Counts rounds in which nothing came from either side. Called by one thread, round after round.
     *
     * @return how many there have been since something came
     */
    int quietRound() {
        quietRounds = active ? 0 : quietRounds + 1;
        active = false;
        return quietRounds;
    }

    private boolean mayTry() {
        return tried.isEmpty()
                || (tried.size() < listener.settings().connecting().attempts() && listener.takeRetry());
    }

    private void connected(ChannelFuture outcome, Side opened, Target picked) {
        Channel channel = opened.channel;
        if (!outcome.isSuccess()) {
            channel.close();
            if (!ended) {
                if (isOfEndpoint(outcome.cause())) {
                    listener.endpointFailed(
                            lead, picked, String.valueOf(outcome.cause().getMessage()));
                }
                picked.closed();
                target = null;
                back = null;
                connect();
            }
            return;
        }
        openSides++;
        if (ended) {
            opened.abort();
            return;
        }
        listener.endpointConnected(picked, nanos.getAsLong() - connectingNanos);
        opened.peer = front;
        front.peer = opened;
        channel.config().setAutoRead(true);
        front.channel.config().setAutoRead(true);
    }

    /** A lack of ports, descriptors or rights here is no fault of the endpoint's. */
    private static boolean isOfEndpoint(Throwable cause) {
        return cause instanceof IOException
                && !(cause instanceof BindException)
                && !(cause instanceof ClosedChannelException);
    }

    /** The endpoint is alive: it sent something, or ended in good order. */
    private void answered() {
        Target now = target;
        if (!answered && now != null) {
            answered = true;
            now.answered();
        }
    }

    private static List<Target> with(List<Target> targets, Target added) {
        List<Target> all = new ArrayList<>(targets);
        all.add(added);
        return all;
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        Target now = target;
        if (now != null) {
            now.closed();
        }
    }

    /** For the access log, when it has ended. */
    String account(long nowNanos) {
        return account.text(target, nowNanos);
    }

    /** Both sides end with a reset: what one has suffered, the other sees. */
    private void reset() {
        account.cut();
        end();
        front.abort();
        if (back != null) {
            back.abort();
        }
    }

    private void measure(Side from) {
        Target now = target;
        if (now == null || !route.balancer().usesLatency()) {
            return;
        }
        long nanosNow = nanos.getAsLong();
        if (from == front) {
            askedNanos = askedNanos == 0 ? nanosNow : askedNanos;
        } else if (askedNanos != 0) {
            now.latency(nanosNow - askedNanos, nanosNow);
            askedNanos = 0;
        }
    }

    private final class Side extends ChannelInboundHandlerAdapter {
        private final End end;
        private final Channel channel;
        private @Nullable Side peer;
        private boolean outputEnding;

        Side(End end, Channel channel) {
            this.end = end;
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (ended || peer == null) {
                ReferenceCountUtil.release(message);
                return;
            }
            count((ByteBuf) message);
            measure(this);
            if (this != front && !answered) {
                answered();
            }
            peer.channel.write(message, peer.channel.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (peer == null || ended) {
                return;
            }
            if (!active) {
                active = true;
            }
            peer.channel.flush();
            if (!peer.channel.isWritable()) {
                channel.config().setAutoRead(false);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (peer != null && !ended && channel.isWritable()) {
                peer.channel.config().setAutoRead(true);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                inputEnded();
            } else if (event == ChannelOutputShutdownEvent.INSTANCE && !outputEnding) {
                wasReset(); // the transport gave up in the middle: an end in good order would be a lie
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            // After an end in both directions the kernel may close a side while the other is still being sent to.
            if (!ended && !halves.done(end)) {
                wasReset();
            }
            if (--openSides == 0) {
                end();
                listener.relayEnded(Relay.this);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (ended) {
                channel.close();
            } else {
                wasReset();
            }
        }

        private void count(ByteBuf bytes) {
            int size = bytes.readableBytes();
            Target now = target;
            if (now == null) {
                return;
            }
            if (this == front) {
                account.sent(size);
                now.sent(size);
            } else {
                account.received(size);
                now.received(size);
            }
        }

        private void wasReset() {
            Target now = target;
            if (this != front && !answered && peer != null && now != null) {
                listener.endpointFailed(lead, now, "reset before the first byte");
            }
            Relay.this.reset();
        }

        private void inputEnded() {
            if (ended) {
                if (outputEnding) {
                    channel.close(); // it has its end, and now we have its
                }
                return;
            }
            halves = halves.inputEnded(end);
            if (this != front) {
                answered();
            }
            if (peer != null) {
                peer.endOutput();
            }
        }

        /** Sends the end of input on, after everything before it; shutting down at once would drop that. */
        private void endOutput() {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
                if (ended) {
                    return;
                }
                if (!sent.isSuccess()) {
                    Relay.this.reset();
                    return;
                }
                outputEnding = true;
                ((DuplexChannel) channel).shutdownOutput().addListener(shut -> outputEnded());
            });
        }

        private void outputEnded() {
            if (ended) {
                return;
            }
            halves = halves.passedOn(end.other());
            if (halves.over()) {
                end();
                channel.close();
                if (peer != null) {
                    peer.channel.close();
                }
            }
        }

        /** Sends what is left and the end, then throws away what comes: a close with unread data would be a reset. */
        void closeWhenSent() {
            if (!channel.isActive()) {
                channel.close(); // not connected yet
                return;
            }
            boolean inputEnded = halves.from(end) != HalfClose.Phase.FLOWING;
            channel.config().setAutoRead(true);
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
                if (inputEnded || !sent.isSuccess()) {
                    channel.close();
                    return;
                }
                outputEnding = true;
                ((DuplexChannel) channel).shutdownOutput();
            });
            channel.eventLoop()
                    .schedule(this::abort, listener.settings().closeGrace().toMillis(), TimeUnit.MILLISECONDS);
        }

        void abort() {
            if (channel.isOpen()) {
                if (channel.isActive()) {
                    channel.config().setOption(ChannelOption.SO_LINGER, 0);
                }
                channel.close();
            }
        }
    }
}
