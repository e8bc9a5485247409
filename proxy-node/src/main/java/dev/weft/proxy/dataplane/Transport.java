package dev.weft.proxy.dataplane;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;

/**
 * The event loops and the kind of sockets on them: native epoll where the platform has it.
 *
 * @param acceptors one loop that owns the listening sockets and their state
 * @param workers relay; an accepted connection and its connection to an endpoint share one loop
 * @param keepAlive the options that make a socket of this kind find dead peers
 */
record Transport(
        boolean epoll,
        EventLoopGroup acceptors,
        EventLoopGroup workers,
        Map<ChannelOption<Integer>, Integer> keepAlive) {

    static Transport open(boolean nativeTransport, int workerThreads, KeepAlive keepAlive) {
        boolean epoll = nativeTransport && Epoll.isAvailable();
        IoHandlerFactory io = epoll ? SteadyEpoll.newFactory() : NioIoHandler.newFactory();
        int threads = workerThreads > 0 ? workerThreads : Runtime.getRuntime().availableProcessors();
        return new Transport(
                epoll,
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("weft-accept", true), io),
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("weft-relay", true), io),
                epoll ? nativeOptions(keepAlive) : javaOptions(keepAlive));
    }

    String name() {
        return epoll ? "epoll" : "nio";
    }

    Class<? extends ServerChannel> serverChannel() {
        return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /** A socket to connect, that does not read yet. (Netty sets TCP_NODELAY on each by itself.) */
    SocketChannel newSocket() {
        SocketChannel socket = epoll ? new EpollSocketChannel() : new NioSocketChannel();
        socket.config().setAutoRead(false).setAllowHalfClosure(true).setKeepAlive(true);
        keepAlive.forEach((option, value) -> socket.config().setOption(option, value));
        return socket;
    }

    Class<? extends DatagramChannel> datagramChannel() {
        return epoll ? EpollDatagramChannel.class : NioDatagramChannel.class;
    }

    /** A socket of UDP that may be connected to an endpoint. */
    DatagramChannel newDatagramSocket() {
        DatagramChannel socket = epoll ? new EpollDatagramChannel() : new NioDatagramChannel();
        socket.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(UdpListener.MAX_DATAGRAM_BYTES));
        return socket;
    }

    /** What accepted sockets need. */
    void configureAccepted(ServerBootstrap bootstrap) {
        bootstrap
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true);
        keepAlive.forEach(bootstrap::childOption);
    }

    /** Ends the loops; completes when their threads are done. */
    CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        acceptors
                .shutdownGracefully(0, 2, TimeUnit.SECONDS)
                .addListener(accepting -> workers.shutdownGracefully(0, 2, TimeUnit.SECONDS)
                        .addListener(relaying -> done.complete(null)));
        return done;
    }

    private static Map<ChannelOption<Integer>, Integer> nativeOptions(KeepAlive keepAlive) {
        return Map.of(
                EpollChannelOption.TCP_KEEPIDLE, keepAlive.idleSeconds(),
                EpollChannelOption.TCP_KEEPINTVL, keepAlive.intervalSeconds(),
                EpollChannelOption.TCP_KEEPCNT, keepAlive.probes());
    }

    private static Map<ChannelOption<Integer>, Integer> javaOptions(KeepAlive keepAlive) {
        return Map.of(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), keepAlive.idleSeconds(),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), keepAlive.intervalSeconds(),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), keepAlive.probes());
    }
}
