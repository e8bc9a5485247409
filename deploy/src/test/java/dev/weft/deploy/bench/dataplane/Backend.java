package dev.weft.deploy.bench.dataplane;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The server behind the proxies: answers each HTTP request that comes in one piece with two bytes, or with a mebibyte for
 * {@code /bulk}, and closes when it is asked to. As little as can be, so that the proxies are what is measured.
 */
public final class Backend {
    private static final int BULK_BYTES = 1 << 20;

    private Backend() {}

    /** Serves on loopback until the process ends. */
    static void serve(int port, int threads) {
        serve("127.0.0.1", port, threads);
    }

    /** Serves until the process ends. */
    @SuppressWarnings("FutureReturnValueIgnored")
    public static void serve(String address, int port, int threads) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(threads, EpollIoHandler.newFactory());
        ByteBuf small = answer(2);
        ByteBuf bulk = answer(BULK_BYTES);
        new ServerBootstrap()
                .group(loops)
                .channel(EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Answering(small, bulk));
                    }
                })
                .bind(address, port);
    }

    private static ByteBuf answer(int bytes) {
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + bytes + "\r\n\r\n";
        ByteBuf answer = Unpooled.directBuffer(head.length() + bytes);
        answer.writeCharSequence(head, StandardCharsets.US_ASCII);
        answer.writeZero(bytes);
        return Unpooled.unreleasableBuffer(answer);
    }

    private static final class Answering extends SimpleChannelInboundHandler<ByteBuf> {
        private final ByteBuf small;
        private final ByteBuf bulk;

        Answering(ByteBuf small, ByteBuf bulk) {
            this.small = small;
            this.bulk = bulk;
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
            String text = request.toString(StandardCharsets.US_ASCII);
            ByteBuf answer = (text.startsWith("GET /bulk") ? bulk : small).duplicate();
            if (text.contains("onnection: close")) {
                context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
            } else {
                context.writeAndFlush(answer);
            }
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
