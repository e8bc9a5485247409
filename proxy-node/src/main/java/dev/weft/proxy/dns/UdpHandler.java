package dev.weft.proxy.dns;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the datagrams of one socket; answers go out together when all that had come is read. */
@SuppressWarnings("FutureReturnValueIgnored") // a datagram that cannot be sent is lost, as datagrams may be
final class UdpHandler extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final Logger LOG = LoggerFactory.getLogger(UdpHandler.class);

    private final QuestionService service;
    private boolean reading;

    UdpHandler(QuestionService service) {
        this.service = service;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
        ByteBuf content = packet.content();
        InetSocketAddress sender = packet.sender();
        Exchange exchange = service.exchange();
        exchange.length = content.readableBytes();
        content.readBytes(exchange.message, 0, exchange.length);
        exchange.client = sender.getAddress();
        exchange.tcp = false;
        if (sender.getPort() == 0) {
            service.counts().dropped.increment(); // nobody can be answered there
            return;
        }
        reading = true;
        service.handle(exchange, context.channel().eventLoop(), (bytes, length) -> {
            if (context.channel().isWritable()) {
                ByteBuf out = context.alloc().directBuffer(length).writeBytes(bytes, 0, length);
                context.write(new DatagramPacket(out, sender));
                if (!reading) {
                    context.flush(); // a forwarded answer, which no end of reading sends off
                }
            } else {
                service.counts().dropped.increment();
            }
        });
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        context.flush();
    }

    /** A socket outlives what goes wrong with one datagram. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            LOG.debug("a datagram was lost: {}", cause.toString());
        } else {
            LOG.error("a question could not be answered", cause);
        }
    }
}
