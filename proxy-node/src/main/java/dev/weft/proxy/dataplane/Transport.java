package dev.weft.proxy.dataplane;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * The event loops and the kind of sockets on them: native epoll where the platform has it.
 *
 * @param acceptors one loop that owns the listening sockets and their state
 * @param workers relay; an accepted connection and its connection to an endpoint share one loop
 */
record Transport(
        String name,
        EventLoopGroup acceptors,
        EventLoopGroup workers,
        Class<? extends ServerChannel> serverChannel,
        Class<? extends SocketChannel> channel) {

    static Transport open(boolean nativeTransport, int workerThreads) {
        boolean epoll = nativeTransport && Epoll.isAvailable();
        IoHandlerFactory io = epoll ? SteadyEpoll.newFactory() : NioIoHandler.newFactory();
        int threads = workerThreads > 0 ? workerThreads : Runtime.getRuntime().availableProcessors();
        return new Transport(
                epoll ? "epoll" : "nio",
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("weft-accept", true), io),
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("weft-relay", true), io),
                epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
                epoll ? EpollSocketChannel.class : NioSocketChannel.class);
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
}
