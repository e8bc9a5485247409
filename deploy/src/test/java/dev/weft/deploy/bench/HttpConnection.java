package dev.weft.deploy.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/**
 * A keep-alive connection, one request at a time. It understands no more of HTTP than the servers measured here say, so
 * that it takes as little as possible of the processors that it shares with them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the connection, which is heard of
final class HttpConnection extends ByteToMessageDecoder {
    private static final byte[] END_OF_HEAD = {'\r', '\n', '\r', '\n'};

    /** Between requests. */
    private static final Receiver NOBODY = new Receiver() {
        @Override
        public void end(int status) {}

        @Override
        public void failed(Throwable cause) {}
    };

    private enum Expecting {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END
    }

    private final Channel channel;
    private final ArrayDeque<Exchange> waiting = new ArrayDeque<>();
    private Receiver receiver = NOBODY;
    private Expecting expecting = Expecting.HEAD;
    private int status;
    private long left;

    HttpConnection(Channel channel) {
        this.channel = channel;
    }

    private record Exchange(ByteBuf request, Receiver to) {}

    /** Sends a request, once those before it have been answered. Any thread. */
    void send(ByteBuf request, Receiver to) {
        execute(() -> {
            waiting.add(new Exchange(request, to));
            sendNext();
        });
    }

    /** Runs something on the thread of this connection. */
    void execute(Runnable task) {
        if (channel.eventLoop().inEventLoop()) {
            task.run();
        } else {
            channel.eventLoop().execute(task);
        }
    }

    private void sendNext() {
        Exchange next = receiver == NOBODY ? waiting.poll() : null;
        if (next != null) {
            receiver = next.to();
            var unused = channel.writeAndFlush(next.request(), channel.voidPromise());
        }
    }

    /** Closes; whoever waits for an answer hears of that, and nobody else. */
    void close() {
        channel.close().syncUninterruptibly();
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws IOException {
        while (in.isReadable() && step(in)) {
            // goes on as long as there is enough for a next step
        }
    }

    /** Takes one piece; false if there is not enough for it. */
    private boolean step(ByteBuf in) throws IOException {
        return switch (expecting) {
            case HEAD -> head(in);
            case BODY -> body(in);
            case CHUNK_SIZE -> chunkSize(in);
            case CHUNK -> chunk(in);
            case CHUNK_END -> chunkEnd(in);
        };
    }

    private boolean head(ByteBuf in) throws IOException {
        int length = indexOf(in, END_OF_HEAD);
        if (length < 0) {
            return false;
        }
        String head = in.readCharSequence(length + END_OF_HEAD.length, StandardCharsets.ISO_8859_1)
                .toString();
        status = Integer.parseInt(head.substring(9, 12));
        receiver.head(status);
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\ncontent-length:");
        if (at >= 0) {
            int from = at + "\r\ncontent-length:".length();
            left = Long.parseLong(head.substring(from, head.indexOf('\r', from)).trim());
            expecting = Expecting.BODY;
            return left > 0 || finished();
        }
        if (!lower.contains("\r\ntransfer-encoding: chunked")) {
            throw new IOException("an answer of unknown length: " + head);
        }
        expecting = Expecting.CHUNK_SIZE;
        return true;
    }

    private boolean body(ByteBuf in) {
        pass(in);
        return left > 0 || finished();
    }

    private boolean chunkSize(ByteBuf in) {
        int length = in.bytesBefore((byte) '\n');
        if (length < 0) {
            return false;
        }
        String line = in.readCharSequence(length + 1, StandardCharsets.ISO_8859_1)
                .toString()
                .trim();
        left = Long.parseLong(line, 16);
        expecting = left > 0 ? Expecting.CHUNK : Expecting.CHUNK_END;
        return true;
    }

    private boolean chunk(ByteBuf in) {
        pass(in);
        if (left == 0) {
            expecting = Expecting.CHUNK_END;
            left = 1;
        }
        return true;
    }

    /** The line end after a chunk, or the empty line after the last. */
    private boolean chunkEnd(ByteBuf in) {
        if (in.readableBytes() < 2) {
            return false;
        }
        in.skipBytes(2);
        expecting = Expecting.CHUNK_SIZE;
        return left > 0 || finished();
    }

    private void pass(ByteBuf in) {
        int size = (int) Math.min(left, in.readableBytes());
        receiver.data(in.slice(in.readerIndex(), size));
        in.skipBytes(size);
        left -= size;
    }

    private boolean finished() {
        Receiver to = receiver;
        receiver = NOBODY;
        expecting = Expecting.HEAD;
        to.end(status);
        sendNext();
        return true;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause);
        var unused = context.close();
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        fail(new IOException("the connection was closed"));
    }

    private void fail(Throwable cause) {
        Receiver to = receiver;
        receiver = NOBODY;
        to.failed(cause);
    }

    private static int indexOf(ByteBuf in, byte[] wanted) {
        int last = in.writerIndex() - wanted.length;
        for (int at = in.readerIndex(); at <= last; at++) {
            int same = 0;
            while (same < wanted.length && in.getByte(at + same) == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return at - in.readerIndex();
            }
        }
        return -1;
    }
}
