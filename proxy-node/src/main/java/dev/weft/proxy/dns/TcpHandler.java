package dev.weft.proxy.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection (RFC 7766): questions one behind the other, answers as they come. Reading pauses while answers pile
 * up or too many questions are under way, so what a connection may hold is bounded; without a whole question for the
 * idle timeout it is closed, however slowly bytes trickle in.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection
final class TcpHandler extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(TcpHandler.class);
    private static final int LENGTH_BYTES = 2;

    private final QuestionService service;
    private final int maxInFlight;
    private final Duration idleTimeout;
    private final Runnable onClosed;
    private int inFlight;
    private boolean inputEnded;
    private boolean resuming;
    private boolean handling;
    private long lastQuestionNanos;

    TcpHandler(QuestionService service, DnsSettings.Tcp settings, Runnable onClosed) {
        this.service = service;
        this.maxInFlight = settings.maxQueriesInFlight();
        this.idleTimeout = settings.idleTimeout();
        this.onClosed = onClosed;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        lastQuestionNanos = service.nanos();
        closeWhenIdle(context, idleTimeout.toNanos());
        context.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        onClosed.run();
        super.channelInactive(context);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (paused(context)) {
            context.channel().config().setAutoRead(false);
            context.flush();
            return;
        }
        if (in.readableBytes() < LENGTH_BYTES
                || in.readableBytes() < LENGTH_BYTES + in.getUnsignedShort(in.readerIndex())) {
            return;
        }
        Exchange exchange = service.exchange();
        exchange.length = in.readUnsignedShort();
        in.readBytes(exchange.message, 0, exchange.length);
        exchange.client = ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
        exchange.tcp = true;
        lastQuestionNanos = service.nanos();
        inFlight++;
        handling = true;
        boolean taken = service.handle(
                exchange, context.channel().eventLoop(), (bytes, length) -> reply(context, bytes, length));
        handling = false;
        if (!taken) {
            inFlight--;
            context.close(); // who sends what deserves no answer has lost its place in the stream
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        context.flush();
        super.channelReadComplete(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        resume(context);
        super.channelWritabilityChanged(context);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        super.userEventTriggered(context, event);
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            closeWhenDone(context);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error(
                    "a question of {} could not be answered", context.channel().remoteAddress(), cause);
        }
        context.close();
    }

    private void reply(ChannelHandlerContext context, byte[] bytes, int length) {
        inFlight--;
        context.write(context.alloc()
                .directBuffer(LENGTH_BYTES + length)
                .writeShort(length)
                .writeBytes(bytes, 0, length));
        if (!handling || inputEnded) {
            context.flush(); // a forwarded answer, which no end of reading sends off
            resume(context);
        }
    }

    private boolean paused(ChannelHandlerContext context) {
        return inFlight >= maxInFlight || !context.channel().isWritable();
    }

    private void resume(ChannelHandlerContext context) {
        if (paused(context) || !context.channel().isActive()) {
            return;
        }
        if (!context.channel().config().isAutoRead() && !resuming) {
            resuming = true;
            context.channel().eventLoop().execute(() -> {
                try {
                    channelRead(context, Unpooled.EMPTY_BUFFER); // goes on with what had been read
                    context.flush();
                    resuming = false;
                    if (!paused(context)) {
                        context.channel().config().setAutoRead(true);
                    }
                    closeWhenDone(context);
                } catch (Exception e) {
                    exceptionCaught(context, e);
                }
            });
        }
        closeWhenDone(context);
    }

    private void closeWhenDone(ChannelHandlerContext context) {
        if (inputEnded && inFlight == 0 && context.channel().config().isAutoRead()) {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void closeWhenIdle(ChannelHandlerContext context, long inNanos) {
        context.channel()
                .eventLoop()
                .schedule(
                        () -> {
                            long left = lastQuestionNanos + idleTimeout.toNanos() - service.nanos();
                            if (left <= 0) {
                                context.close();
                            } else if (context.channel().isActive()) {
                                closeWhenIdle(context, left);
                            }
                        },
                        inNanos,
                        TimeUnit.NANOSECONDS);
    }
}
