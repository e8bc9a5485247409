package dev.weft.proxy.nodehealth;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers a request and closes its connection. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed
final class HealthHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final Function<String, @Nullable HealthAnswer> answers;

    /** @param answers by path; null for a path that is not served */
    HealthHandler(Function<String, @Nullable HealthAnswer> answers) {
        this.answers = answers;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        String uri = request.uri();
        int query = uri.indexOf('?');
        HealthAnswer answer =
                request.decoderResult().isSuccess() ? answers.apply(query < 0 ? uri : uri.substring(0, query)) : null;
        HttpResponseStatus status = answer == null
                ? HttpResponseStatus.NOT_FOUND
                : answer.healthy() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
        byte[] body = (answer == null ? "{}" : answer.json()).getBytes(StandardCharsets.UTF_8);
        boolean head = request.method().equals(HttpMethod.HEAD);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set("X-Content-Type-Options", "nosniff")
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (answer != null && answer.weight() != null) {
            response.headers().set("X-Load-Balancing-Endpoint-Weight", answer.weight());
        }
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
