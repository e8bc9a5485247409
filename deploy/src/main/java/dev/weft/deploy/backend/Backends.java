package dev.weft.deploy.backend;

import dev.weft.gossip.HostPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Starts backends and stops them together; they share two threads. */
public final class Backends implements AutoCloseable {
    private static final int MAX_REQUEST_BYTES = 1 << 20;

    private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

    /** Serves HTTP: its name on any path, and what {@link HttpBackendHandler} lists. */
    public Backend http(String name, HostPort address) {
        AtomicLong requests = new AtomicLong();
        ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ChannelInitializer<SocketChannel> pipeline = new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                open.add(channel);
                channel.pipeline()
                        .addLast(new HttpServerCodec())
                        .addLast(new HttpServerKeepAliveHandler())
                        .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                        .addLast(new ChunkedWriteHandler())
                        .addLast(new HttpBackendHandler(name, requests));
            }
        };
        return new Backend(name, bindTcp(address, pipeline), open, requests);
    }

    /** Sends back whatever comes over TCP. */
    public Backend tcpEcho(String name, HostPort address) {
        AtomicLong messages = new AtomicLong();
        ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        ChannelInitializer<SocketChannel> pipeline = new ChannelInitializer<>() {
            @Override
            protected void initChannel(SocketChannel channel) {
                open.add(channel);
                channel.pipeline().addLast(new EchoHandler(messages));
            }
        };
        return new Backend(name, bindTcp(address, pipeline), open, messages);
    }

    /** Sends back whatever comes over UDP. */
    @SuppressWarnings("AddressSelection") // one address is asked for, one is bound
    public Backend udpEcho(String name, HostPort address) {
        AtomicLong messages = new AtomicLong();
        Bootstrap bootstrap = new Bootstrap()
                .group(threads)
                .channel(NioDatagramChannel.class)
                .handler(new DatagramEchoHandler(messages));
        Channel bound = bootstrap
                .bind(new InetSocketAddress(address.host(), address.port()))
                .syncUninterruptibly()
                .channel();
        return new Backend(name, bound, new DefaultChannelGroup(GlobalEventExecutor.INSTANCE), messages);
    }

    @SuppressWarnings("AddressSelection") // one address is asked for, one is bound
    private Channel bindTcp(HostPort address, ChannelHandler pipeline) {
        return new ServerBootstrap()
                .group(threads)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(pipeline)
                .bind(new InetSocketAddress(address.host(), address.port()))
                .syncUninterruptibly()
                .channel();
    }

    @Override
    public void close() {
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
