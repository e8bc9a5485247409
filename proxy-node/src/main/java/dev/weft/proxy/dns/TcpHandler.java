package dev.weft.proxy.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TCP connection (RFC 7766): questions one behind the other, answers as they come. Reading pauses while answers pile
 * up or too many questions are under way, so what a connection may hold is bounded; without a whole question for the
 * idle timeout it is closed, however slowly bytes trickle in. A client that stops sending still gets all its answers.
 *
 * <p>What was read and not yet taken is kept here and not in Netty's decoder, which throws it away when the input ends.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection
final class TcpHandler extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(TcpHandler.class);
    private static final int LENGTH_BYTES = 2;

    private final QuestionService service;
    private final int maxInFlight;
    private final Duration idleTimeout;
    private final Runnable onClosed;
    private ByteBuf pending = Unpooled.EMPTY_BUFFER;
    private int inFlight;
    private boolean inputEnded;
    private boolean working;
    private boolean closing;
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
    public void channelInactive(ChannelHandlerContext context) {
        onClosed.run();
        closing = true;
        work(context); // lets go of what was read
        context.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        pending = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), pending, (ByteBuf) message);
        work(context);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
        context.fireChannelReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        workAndFlush(context);
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        context.fireUserEventTriggered(event);
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            workAndFlush(context);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error(
                    "a question of {} could not be answered", context.channel().remoteAddress(), cause);
        }
        close(context);
    }

    /**
     * Takes questions until there is none, or no more may be taken. Whatever may end a pause while this goes on is heard
     * of within a call from here, and seen by the outer loop; afterwards it calls here again: so no wake-up is lost.
     */
    private void work(ChannelHandlerContext context) {
        if (working) {
            return;
        }
        working = true;
        try {
            while (!closing && holdsQuestion() && !stuck(context)) {
                take(context);
            }
        } catch (RuntimeException e) {
            exceptionCaught(context, e);
        } finally {
            working = false;
        }
        if (closing || !context.channel().isActive()) {
            release();
            return;
        }
        if (pending.isReadable()) {
            pending.discardSomeReadBytes();
        } else {
            release();
        }
        if (!inputEnded) {
            context.channel().config().setAutoRead(!paused(context));
        } else if (inFlight == 0 && !holdsQuestion()) {
            closing = true;
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void workAndFlush(ChannelHandlerContext context) {
        work(context);
        context.flush();
    }

    private boolean holdsQuestion() {
        int bytes = pending.readableBytes();
        return bytes >= LENGTH_BYTES && bytes >= LENGTH_BYTES + pending.getUnsignedShort(pending.readerIndex());
    }

    private void take(ChannelHandlerContext context) {
        Exchange exchange = service.exchange();
        exchange.length = pending.readUnsignedShort();
        pending.readBytes(exchange.message, 0, exchange.length);
        exchange.client = ((InetSocketAddress) context.channel().remoteAddress()).getAddress();
        exchange.tcp = true;
        lastQuestionNanos = service.nanos();
        inFlight++;
        boolean taken = service.handle(
                exchange, context.channel().eventLoop(), (bytes, length) -> reply(context, bytes, length));
        if (!taken) {
            inFlight--;
            close(context); // who sends what deserves no answer has lost its place in the stream
        }
    }

    private void reply(ChannelHandlerContext context, byte[] bytes, int length) {
        inFlight--;
        context.write(context.alloc()
                .directBuffer(LENGTH_BYTES + length)
                .writeShort(length)
                .writeBytes(bytes, 0, length));
        if (!working) { // a forwarded answer, which no end of reading sends off
            workAndFlush(context);
        }
    }

    private boolean paused(ChannelHandlerContext context) {
        return inFlight >= maxInFlight || !context.channel().isWritable();
    }

    /** Whether it is paused although all is sent off that can be. */
    private boolean stuck(ChannelHandlerContext context) {
        if (paused(context)) {
            context.flush();
        }
        return paused(context);
    }

    private void close(ChannelHandlerContext context) {
        closing = true;
        context.close();
    }

    private void release() {
        pending.release();
        pending = Unpooled.EMPTY_BUFFER;
    }

    private void closeWhenIdle(ChannelHandlerContext context, long inNanos) {
        context.channel()
                .eventLoop()
                .schedule(
                        () -> {
                            long left = lastQuestionNanos + idleTimeout.toNanos() - service.nanos();
                            if (left <= 0) {
                                close(context);
                            } else if (context.channel().isActive()) {
                                closeWhenIdle(context, left);
                            }
                        },
                        inNanos,
                        TimeUnit.NANOSECONDS);
    }
}
