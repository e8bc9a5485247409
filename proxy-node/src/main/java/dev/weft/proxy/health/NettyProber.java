package dev.weft.proxy.health;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Checks over real sockets, all on one event loop: a TCP check passes when the connection is accepted, an HTTP check when
 * the head of the answer has an expected status; the body is not read. Each check has a connection of its own.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed
public final class NettyProber implements Prober {
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("weft-health", true), NioIoHandler.newFactory());

    @Override
    public CompletionStage<ProbeResult> probe(ProbeTarget target) {
        CompletableFuture<ProbeResult> result = new CompletableFuture<>();
        try {
            start(target, result);
        } catch (RejectedExecutionException e) {
            result.complete(ProbeResult.failed("the prober is closed"));
        }
        return result;
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @SuppressWarnings("AddressSelection") // addresses of endpoints are literal
    private void start(ProbeTarget target, CompletableFuture<ProbeResult> result) {
        EventLoop own = loop.next();
        long timeoutMillis = Math.max(1, target.check().timeout().toMillis());
        Future<?> timer = own.schedule(
                () -> result.complete(ProbeResult.failed("no answer within " + timeoutMillis + " ms")),
                timeoutMillis,
                TimeUnit.MILLISECONDS);
        ChannelFuture connected = new Bootstrap()
                .group(own)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, timeoutMillis))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (target.check().http()) {
                            channel.pipeline().addLast(new HttpClientCodec(), new Asking(target, result));
                        }
                    }
                })
                .connect(new InetSocketAddress(target.address(), target.port()));
        result.whenComplete((done, none) -> {
            timer.cancel(false);
            connected.channel().close();
        });
        connected.addListener((ChannelFuture done) -> {
            if (!done.isSuccess()) {
                result.complete(ProbeResult.failed(String.valueOf(done.cause().getMessage())));
            } else if (!target.check().http()) {
                result.complete(ProbeResult.PASSED);
            }
        });
    }

    /** One request, of whose answer only the head counts. */
    private static final class Asking extends SimpleChannelInboundHandler<HttpObject> {
        private final ProbeTarget target;
        private final CompletableFuture<ProbeResult> result;

        private Asking(ProbeTarget target, CompletableFuture<ProbeResult> result) {
            this.target = target;
            this.result = result;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1, HttpMethod.GET, target.check().path());
            String address = target.address();
            request.headers()
                    .set(
                            HttpHeaderNames.HOST,
                            (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + target.port())
                    .set(HttpHeaderNames.USER_AGENT, "weft-health-check")
                    .set(HttpHeaderNames.ACCEPT, "*/*")
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(request);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (!(part instanceof HttpResponse response)) {
                return;
            }
            int status = response.status().code();
            if (response.decoderResult().isFailure()) {
                result.complete(ProbeResult.failed("the answer is not HTTP"));
            } else if (status < 200) {
                return; // only an announcement of the answer
            } else if (status < target.check().lowestStatus()
                    || status > target.check().highestStatus()) {
                result.complete(ProbeResult.failed("HTTP status " + status));
            } else {
                result.complete(ProbeResult.PASSED);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            result.complete(ProbeResult.failed("closed without an answer"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            result.complete(ProbeResult.failed(String.valueOf(cause.getMessage())));
        }
    }
}
