package dev.weft.proxy.dataplane;

import dev.weft.proxy.dataplane.HalfClose.End;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A side on a channel of Netty's, for where there is no native epoll. Reading from it pauses while the other cannot take
 * more than its water mark.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write or close shows on its channel
final class ChannelSide extends Side {
    private final Channel channel;
    private final EventLoop loop;
    private final long graceMillis;
    private final Events events = new Events();
    private @Nullable ChannelSide peer;
    private boolean outputEnding;

    /** @param loop that of the channel, or where it is to be registered */
    ChannelSide(Relay relay, End end, Channel channel, EventLoop loop, long graceMillis) {
        super(relay, end);
        this.channel = channel;
        this.loop = loop;
        this.graceMillis = graceMillis;
        channel.pipeline().addLast(events);
    }

    @Override
    EventLoop loop() {
        return loop;
    }

    @Override
    void connect(InetSocketAddress address, Consumer<@Nullable Throwable> outcome) {
        loop.register(channel).addListener((ChannelFuture registered) -> {
            if (registered.isSuccess()) {
                channel.connect(address)
                        .addListener((ChannelFuture connected) ->
                                outcome.accept(connected.isSuccess() ? null : connected.cause()));
            } else {
                outcome.accept(registered.cause());
            }
        });
    }

    @Override
    void flowTo(Side other) {
        peer = (ChannelSide) other;
        channel.config().setAutoRead(true);
    }

    /** Shutting down at once would drop what waits to be sent. */
    @Override
    void endOutput() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (relay.ended()) {
                return;
            }
            if (!sent.isSuccess()) {
                relay.reset();
                return;
            }
            outputEnding = true;
            ((DuplexChannel) channel).shutdownOutput().addListener(shut -> relay.outputEnded(this));
        });
    }

    @Override
    void closeWhenSent(boolean inputEnded) {
        if (!channel.isActive()) {
            channel.close(); // not connected yet
            return;
        }
        channel.config().setAutoRead(true);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (inputEnded || !sent.isSuccess()) {
                channel.close();
                return;
            }
            outputEnding = true;
            ((DuplexChannel) channel).shutdownOutput();
        });
        loop.schedule(this::abort, graceMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    void abort() {
        if (channel.isOpen()) {
            if (channel.isActive()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            channel.close();
        }
    }

    @Override
    void closeNow() {
        channel.close();
    }

    private final class Events extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ChannelSide to = peer;
            if (relay.ended() || to == null) {
                ReferenceCountUtil.release(message);
                return;
            }
            relay.moved(end, ((ByteBuf) message).readableBytes());
            to.channel.write(message, to.channel.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            ChannelSide to = peer;
            if (to == null || relay.ended()) {
                return;
            }
            to.channel.flush();
            if (!to.channel.isWritable()) {
                channel.config().setAutoRead(false);
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (peer != null && !relay.ended() && channel.isWritable()) {
                peer.channel.config().setAutoRead(true);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                inputEnded();
            } else if (event == ChannelOutputShutdownEvent.INSTANCE && !outputEnding) {
                relay.wasReset(ChannelSide.this); // given up in the middle: an end in good order would be a lie
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            // After an end in both directions the kernel may close a side while the other is still being sent to.
            if (!relay.ended() && !relay.done(end)) {
                relay.wasReset(ChannelSide.this);
            }
            relay.gone();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (relay.ended()) {
                channel.close();
            } else {
                relay.wasReset(ChannelSide.this);
            }
        }

        private void inputEnded() {
            if (!relay.ended()) {
                relay.inputEnded(ChannelSide.this);
            } else if (outputEnding) {
                channel.close(); // it has its end, and now we have its
            }
        }
    }
}
