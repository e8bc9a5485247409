package dev.weft.proxy.metrics;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves {@code GET /metrics} over HTTP on one thread of its own, a request a connection. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed; timers need no looking after
public final class MetricsServer {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_REQUEST_BYTES = 8 << 10;
    private static final int REQUEST_SECONDS = 10;

    private final Supplier<String> text;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("weft-metrics", true), NioIoHandler.newFactory());
    private final AtomicInteger open = new AtomicInteger();
    private final MetricsSettings settings;
    private volatile @Nullable Channel channel;
    /** Why it is not bound, as it was last told; used on its thread only. */
    private String problem = "";

    /** @param text the numbers, made anew for each request */
    public MetricsServer(MetricsSettings settings, Supplier<String> text) {
        this.settings = settings;
        this.text = text;
    }

    /**
     * Binds to {@code listen}. Where it cannot, as while a predecessor has the address yet, that is said once and it is tried
     * again until it is stopped.
     */
    public void start() {
        String listen = settings.listen();
        int colon = listen.lastIndexOf(':');
        String host = listen.substring(0, colon).replace("[", "").replace("]", "");
        bind(new InetSocketAddress(host, Integer.parseInt(listen.substring(colon + 1))), settings.bindRetryMin());
    }

    private void bind(InetSocketAddress address, Duration retryAfter) {
        new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        accept(child);
                    }
                })
                .bind(address)
                .addListener((ChannelFuture binding) -> loop.execute(() -> bound(binding, address, retryAfter)));
    }

    private void bound(ChannelFuture binding, InetSocketAddress address, Duration retryAfter) {
        Throwable failure = binding.cause();
        if (failure == null) {
            channel = binding.channel();
            LOG.info("metrics are at http://{}/metrics", settings.listen());
            return;
        }
        String now = String.valueOf(failure.getMessage());
        if (!now.equals(problem)) {
            LOG.warn(
                    "metrics cannot be served at {} (weft.proxy.metrics.listen) yet: {}; tried again by itself",
                    settings.listen(),
                    now);
            problem = now;
        }
        Duration doubled = retryAfter.multipliedBy(2);
        Duration next = doubled.compareTo(settings.bindRetryMax()) < 0 ? doubled : settings.bindRetryMax();
        loop.schedule(() -> bind(address, next), retryAfter.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The port that it is bound to; 0 while it is not. */
    public int port() {
        Channel now = channel;
        return now != null && now.localAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    /** Closes its socket and ends its thread. */
    public void stop() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    private void accept(Channel child) {
        if (open.incrementAndGet() > MAX_CONNECTIONS) {
            open.decrementAndGet();
            child.close();
            return;
        }
        child.closeFuture().addListener(closed -> open.decrementAndGet());
        child.pipeline()
                .addLast(
                        new ReadTimeoutHandler(REQUEST_SECONDS),
                        new HttpServerCodec(),
                        new HttpObjectAggregator(MAX_REQUEST_BYTES),
                        new Answering());
    }

    private final class Answering extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            boolean known = request.uri().equals("/metrics");
            boolean get = request.method().equals(HttpMethod.GET);
            HttpResponseStatus status = !known
                    ? HttpResponseStatus.NOT_FOUND
                    : get ? HttpResponseStatus.OK : HttpResponseStatus.METHOD_NOT_ALLOWED;
            String body = known && get ? text.get() : "only GET /metrics is served here\n";
            DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                    .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
