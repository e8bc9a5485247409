package dev.weft.deploy.backend;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicLong;

/** Sends back what comes; reads no more than the peer takes back. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is all there is to do
final class EchoHandler extends ChannelInboundHandlerAdapter {
    private final AtomicLong messages;

    EchoHandler(AtomicLong messages) {
        this.messages = messages;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        messages.incrementAndGet();
        context.write(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(context.channel().isWritable());
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
