package dev.weft.proxy.dns;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The event loops and the kind of sockets on them.
 *
 * @param udpSockets how many sockets share the UDP port, one by loop where the kernel spreads datagrams over them
 */
record DnsTransport(
        boolean epoll,
        int udpSockets,
        EventLoopGroup loops,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends SocketChannel> channel,
        Class<? extends DatagramChannel> datagramChannel) {

    static DnsTransport open(boolean nativeTransport, int workerThreads) {
        boolean epoll = nativeTransport && Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        int threads = workerThreads > 0 ? workerThreads : Runtime.getRuntime().availableProcessors();
        return new DnsTransport(
                epoll,
                epoll ? threads : 1,
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("weft-dns", true), io),
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
                epoll ? EpollSocketChannel.class : NioSocketChannel.class,
                epoll ? EpollDatagramChannel.class : NioDatagramChannel.class);
    }

    /** Ends the loops; completes when their threads are done. */
    CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).addListener(ended -> done.complete(null));
        return done;
    }
}
