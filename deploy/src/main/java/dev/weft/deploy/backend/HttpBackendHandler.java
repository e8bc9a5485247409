package dev.weft.deploy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpChunkedInput;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers one connection's requests.
 *
 * <p>{@code /healthz}: {@code ok}. {@code /slow?ms=N}: the name, after N milliseconds. {@code /status?code=N}: the name,
 * with that HTTP status. {@code /bytes?n=N}: N bytes. Every other path: the name.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is all there is to do
final class HttpBackendHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int MAX_DELAY_MILLIS = 600_000;
    private static final int MAX_BYTES = 1 << 30;

    private final String name;
    private final AtomicLong requests;

    HttpBackendHandler(String name, AtomicLong requests) {
        this.name = name;
        this.requests = requests;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        if (uri.path().equals("/healthz")) {
            context.writeAndFlush(text(HttpResponseStatus.OK, "ok\n"));
            return;
        }
        requests.incrementAndGet();
        switch (uri.path()) {
            case "/slow" -> slow(context, number(uri, "ms", 0, MAX_DELAY_MILLIS));
            case "/status" -> status(context, number(uri, "code", 200, 599));
            case "/bytes" -> bytes(context, number(uri, "n", 0, MAX_BYTES));
            default -> context.writeAndFlush(text(HttpResponseStatus.OK, name + "\n"));
        }
    }

    private void slow(ChannelHandlerContext context, OptionalInt millis) {
        if (millis.isEmpty()) {
            refuse(context, "ms: expected a number from 0 to " + MAX_DELAY_MILLIS);
            return;
        }
        context.executor()
                .schedule(
                        () -> context.writeAndFlush(text(HttpResponseStatus.OK, name + "\n")),
                        millis.getAsInt(),
                        TimeUnit.MILLISECONDS);
    }

    private void status(ChannelHandlerContext context, OptionalInt code) {
        if (code.isEmpty()) {
            refuse(context, "code: expected a number from 200 to 599");
            return;
        }
        context.writeAndFlush(text(HttpResponseStatus.valueOf(code.getAsInt()), name + "\n"));
    }

    private static void bytes(ChannelHandlerContext context, OptionalInt count) {
        if (count.isEmpty()) {
            refuse(context, "n: expected a number from 0 to " + MAX_BYTES);
            return;
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_OCTET_STREAM)
                .set(HttpHeaderNames.CONTENT_LENGTH, count.getAsInt());
        context.write(head);
        context.writeAndFlush(new HttpChunkedInput(new RepeatedBytes(count.getAsInt())));
    }

    private static void refuse(ChannelHandlerContext context, String message) {
        context.writeAndFlush(text(HttpResponseStatus.BAD_REQUEST, message + "\n"));
    }

    private static FullHttpResponse text(HttpResponseStatus status, String body) {
        ByteBuf content = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
        boolean bodiless = status.code() == 204 || status.code() == 304;
        if (bodiless) {
            content.clear();
        } else {
            response.headers()
                    .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                    .set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
        }
        return response;
    }

    private static OptionalInt number(QueryStringDecoder uri, String parameter, int least, int most) {
        List<String> values = uri.parameters().getOrDefault(parameter, List.of());
        if (values.size() != 1 || !values.get(0).matches("[0-9]{1,10}")) {
            return OptionalInt.empty();
        }
        long value = Long.parseLong(values.get(0));
        return value >= least && value <= most ? OptionalInt.of((int) value) : OptionalInt.empty();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
