package dev.weft.deploy.bench;

import dev.weft.gossip.HostPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Connections to one server, all on one thread: what one core can do to the other. */
final class HttpClients implements AutoCloseable {
    private static final String JSON = "application/json";
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private final MultiThreadIoEventLoopGroup thread = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final HostPort server;
    private final @Nullable SslContext tls;
    private final String credentials;

    HttpClients(HostPort server) {
        this.server = server;
        this.tls = null;
        this.credentials = "";
    }

    /** Over TLS, whosever the certificate is, and with a bearer token. */
    HttpClients(HostPort server, String token) {
        this.server = server;
        try {
            this.tls = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    .protocols("TLSv1.3")
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("a Java without TLS 1.3", e);
        }
        this.credentials = "Authorization: Bearer " + token + "\r\n";
    }

    /** The one thread of all connections. */
    EventLoop loop() {
        return thread.next();
    }

    HttpConnection connect() {
        return connect(1).get(0);
    }

    List<HttpConnection> connect(int count) {
        Bootstrap bootstrap = new Bootstrap()
                .group(thread)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline().addLast(new HttpConnection(channel));
                    }
                });
        List<HttpConnection> connections = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Channel channel = bootstrap
                    .connect(new InetSocketAddress(server.host(), server.port()))
                    .syncUninterruptibly()
                    .channel();
            connections.add(channel.pipeline().get(HttpConnection.class));
        }
        return connections;
    }

    ByteBuf get(String path) {
        return request("GET", path, JSON, "");
    }

    ByteBuf delete(String path) {
        return request("DELETE", path, JSON, "");
    }

    ByteBuf post(String path, String body) {
        return request("POST", path, JSON, body);
    }

    ByteBuf patch(String path, String body) {
        return request("PATCH", path, MERGE_PATCH, body);
    }

    private ByteBuf request(String method, String path, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = method + ' ' + path + " HTTP/1.1\r\nHost: " + server + "\r\nAccept: application/json\r\n"
                + credentials
                + (bytes.length == 0 ? "" : "Content-Type: " + type + "\r\nContent-Length: " + bytes.length + "\r\n")
                + "\r\n";
        return Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.ISO_8859_1), bytes);
    }

    @Override
    public void close() {
        thread.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
}
