package dev.weft.proxy.dataplane;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The event loops and the kind of sockets on them: native epoll where the platform has it.
 *
 * @param acceptors one loop that binds listening sockets, and owns timers of listeners
 * @param workers accept and relay; an accepted connection and its connection to an endpoint share one loop
 * @param loops the workers with what relays on native sockets share; none where there is no native epoll
 * @param inheritance sockets that are bound already; binding waits for it
 */
record Transport(
        boolean epoll,
        EventLoopGroup acceptors,
        EventLoopGroup workers,
        List<RelayLoop> loops,
        KeepAlive keepAlive,
        AtomicReference<@Nullable CompletionStage<Inheritance>> inheritance) {

    static Transport open(DataPlaneSettings settings) {
        boolean epoll = settings.nativeTransport() && Epoll.isAvailable();
        IoHandlerFactory io = epoll ? SteadyEpoll.newFactory() : NioIoHandler.newFactory();
        int asked = settings.workerThreads();
        int threads = asked > 0 ? asked : Runtime.getRuntime().availableProcessors();
        EventLoopGroup workers =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("weft-relay", true), io);
        List<RelayLoop> loops = new ArrayList<>();
        if (epoll) {
            workers.forEach(loop ->
                    loops.add(new RelayLoop((IoEventLoop) loop, settings.bulk().readBytes())));
        }
        return new Transport(
                epoll,
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("weft-accept", true), io),
                workers,
                List.copyOf(loops),
                settings.keepAlive(),
                new AtomicReference<>());
    }

    String name() {
        return epoll ? "epoll" : "nio";
    }

    /**
     * Listens for connections of TCP.
     *
     * @param accepted told each, on the loop where it is to be relayed
     */
    CompletionStage<Door> listen(InetSocketAddress address, DataPlaneSettings settings, Consumer<Incoming> accepted) {
        return epoll
                ? inherited().thenCompose(left -> listen(left.takeTcp(address), address, settings, accepted))
                : listenInJava(address, settings, accepted);
    }

    /** What another process hands over; nothing when none does. */
    CompletionStage<Inheritance> inherited() {
        CompletionStage<Inheritance> coming = inheritance.get();
        return coming == null ? CompletableFuture.completedFuture(new Inheritance()) : coming;
    }

    private CompletionStage<Door> listen(
            OptionalInt inherited, InetSocketAddress address, DataPlaneSettings settings, Consumer<Incoming> accepted) {
        try {
            return CompletableFuture.completedFuture(
                    inherited.isPresent()
                            ? SocketDoor.over(new NativeSocket(inherited.getAsInt()), loops, settings, accepted)
                            : SocketDoor.bind(address, loops, settings, accepted));
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Receives datagrams on that loop. */
    CompletionStage<Door> receive(InetSocketAddress address, EventLoop loop, ChannelHandler handler) {
        return inherited().thenCompose(left -> {
            OptionalInt inherited = left.takeUdp(address);
            if (inherited.isEmpty()) {
                Bootstrap bootstrap = new Bootstrap()
                        .group(loop)
                        .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, wholeDatagrams())
                        .handler(handler);
                if (epoll && NativeSocket.needsFreeBind(address)) {
                    bootstrap.option(EpollChannelOption.IP_FREEBIND, true);
                }
                return Door.of(bootstrap.bind(address));
            }
            DatagramChannel channel = new EpollDatagramChannel(inherited.getAsInt());
            channel.config().setRecvByteBufAllocator(wholeDatagrams());
            channel.pipeline().addLast(handler);
            return Door.of(loop.register(channel));
        });
    }

    private static RecvByteBufAllocator wholeDatagrams() {
        return new FixedRecvByteBufAllocator(UdpListener.MAX_DATAGRAM_BYTES);
    }

    /** A channel to connect, that does not read yet. (Netty sets TCP_NODELAY on each by itself.) */
    SocketChannel newChannel() {
        SocketChannel socket = new NioSocketChannel();
        socket.config().setAutoRead(false).setAllowHalfClosure(true).setKeepAlive(true);
        javaOptions(keepAlive).forEach((option, value) -> socket.config().setOption(option, value));
        return socket;
    }

    /** A socket of UDP that may be connected to an endpoint. */
    DatagramChannel newDatagramSocket() {
        DatagramChannel socket = epoll ? new EpollDatagramChannel() : new NioDatagramChannel();
        socket.config().setRecvByteBufAllocator(wholeDatagrams());
        return socket;
    }

    /** Completes when each loop has done all that it had been given. */
    CompletionStage<Void> settled() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        List<EventExecutor> others = new ArrayList<>();
        workers.forEach(others::add);
        acceptors.execute(() -> settle(others.iterator(), done));
        return done;
    }

    private static void settle(Iterator<EventExecutor> others, CompletableFuture<Void> done) {
        if (others.hasNext()) {
            others.next().execute(() -> settle(others, done));
        } else {
            done.complete(null);
        }
    }

    /** Ends the loops; completes when their threads are done. */
    CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        acceptors
                .shutdownGracefully(0, 2, TimeUnit.SECONDS)
                .addListener(accepting -> workers.shutdownGracefully(0, 2, TimeUnit.SECONDS)
                        .addListener(relaying -> {
                            loops.forEach(RelayLoop::free);
                            done.complete(null);
                        }));
        return done;
    }

    private CompletionStage<Door> listenInJava(
            InetSocketAddress address, DataPlaneSettings settings, Consumer<Incoming> accepted) {
        ServerBootstrap bootstrap = new ServerBootstrap();
        javaOptions(keepAlive).forEach(bootstrap::childOption);
        return Door.of(bootstrap
                .group(acceptors, workers)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, settings.backlog())
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(settings.lowWaterMarkBytes(), settings.highWaterMarkBytes()))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        accepted.accept(new ChannelIncoming(child, Transport.this, settings));
                    }
                })
                .bind(address));
    }

    private static Map<ChannelOption<Integer>, Integer> javaOptions(KeepAlive keepAlive) {
        return Map.of(
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), keepAlive.idleSeconds(),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), keepAlive.intervalSeconds(),
                NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPCOUNT), keepAlive.probes());
    }
}
