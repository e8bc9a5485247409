package dev.weft.deploy.backend;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.util.concurrent.atomic.AtomicLong;

/** Sends each datagram back to where it came from. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is all there is to do
final class DatagramEchoHandler extends SimpleChannelInboundHandler<DatagramPacket> {
    private final AtomicLong messages;

    DatagramEchoHandler(AtomicLong messages) {
        this.messages = messages;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        messages.incrementAndGet();
        context.writeAndFlush(new DatagramPacket(packet.content().retain(), packet.sender()));
    }
}
