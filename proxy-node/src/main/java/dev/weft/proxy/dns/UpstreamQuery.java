package dev.weft.proxy.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One question to one upstream: over UDP from a port of its own with a random id, so that a forged answer must guess
 * both, and over TCP when the answer does not fit.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a question that cannot be sent runs into its timeout
final class UpstreamQuery {
    private static final int FRAME_LENGTH_BYTES = 2;
    private static final int UDP_PAYLOAD_BYTES = 1232;

    private final DnsTransport transport;
    private final Duration timeout;
    private final long maxTtlSeconds;
    private final RandomGenerator random;

    /** @param random draws ids; must not be guessable, and safe for several threads */
    UpstreamQuery(DnsTransport transport, DnsSettings.Forwarding settings, RandomGenerator random) {
        this.transport = transport;
        this.timeout = settings.timeout();
        this.maxTtlSeconds = settings.maxTtl().toSeconds();
        this.random = random;
    }

    /**
     * What is asked.
     *
     * @param name a whole name as the wire has it
     * @param checking the CD bit, or 0
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Question(byte[] name, int type, int checking, boolean dnssec) {}

    /** Calls back once on the loop: with the answer, or with null when none came in time. */
    void ask(Question question, InetSocketAddress upstream, EventLoop loop, Consumer<@Nullable ForeignAnswer> then) {
        byte[] message = encode(question);
        Attempt attempt = new Attempt(message, loop, upstream, then);
        attempt.start();
    }

    private byte[] encode(Question question) {
        ResponseBuffer out = new ResponseBuffer(Wire.MAX_UDP_PLAIN_BYTES);
        out.putShort(random.nextInt(1 << 16));
        out.putShort(Wire.RD | question.checking());
        out.putShort(1);
        out.putInt(0);
        out.putShort(1);
        out.put(question.name());
        out.putShort(question.type());
        out.putShort(Wire.CLASS_IN);
        out.putByte(0);
        out.putShort(Wire.OPT);
        out.putShort(UDP_PAYLOAD_BYTES);
        out.putShort(0);
        out.putShort(question.dnssec() ? 0x8000 : 0);
        out.putShort(0);
        return Arrays.copyOf(out.bytes(), out.length());
    }

    private final class Attempt {
        private static final int OPT_BYTES = 11;

        private final byte[] message;
        private final byte[] question;
        private final EventLoop loop;
        private final InetSocketAddress upstream;
        private final Consumer<@Nullable ForeignAnswer> then;
        private @Nullable Channel channel;
        private boolean done;

        private Attempt(
                byte[] message, EventLoop loop, InetSocketAddress upstream, Consumer<@Nullable ForeignAnswer> then) {
            this.message = message;
            this.question = Arrays.copyOf(message, message.length - OPT_BYTES);
            this.loop = loop;
            this.upstream = upstream;
            this.then = then;
        }

        private void start() {
            loop.schedule(() -> finish(null), timeout.toMillis(), TimeUnit.MILLISECONDS);
            Bootstrap udp = new Bootstrap()
                    .group(loop)
                    .channel(transport.datagramChannel())
                    .handler(new Datagrams());
            connected(udp.connect(upstream), Unpooled.wrappedBuffer(message));
        }

        private void overTcp() {
            close();
            Bootstrap tcp = new Bootstrap()
                    .group(loop)
                    .channel(transport.channel())
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel opened) {
                            opened.pipeline()
                                    .addLast(new LengthFieldBasedFrameDecoder(
                                            Wire.MAX_MESSAGE_BYTES + FRAME_LENGTH_BYTES,
                                            0,
                                            FRAME_LENGTH_BYTES,
                                            0,
                                            FRAME_LENGTH_BYTES))
                                    .addLast(new Frames());
                        }
                    });
            ByteBuf framed = Unpooled.buffer(FRAME_LENGTH_BYTES + message.length)
                    .writeShort(message.length)
                    .writeBytes(message);
            connected(tcp.connect(upstream), framed);
        }

        private void connected(ChannelFuture connecting, ByteBuf out) {
            channel = connecting.channel();
            connecting.addListener(result -> {
                if (result.isSuccess() && !done) {
                    connecting.channel().writeAndFlush(out);
                } else {
                    out.release();
                    connecting.channel().close();
                    if (!result.isSuccess()) {
                        finish(null);
                    }
                }
            });
        }

        private void received(ByteBuf content, boolean tcp) {
            byte[] bytes = ByteBufUtil.getBytes(content);
            ForeignAnswer answer = bytes.length < Wire.HEADER_BYTES
                    ? null
                    : ForeignAnswer.parse(bytes, bytes.length, question, maxTtlSeconds);
            if (answer == null) {
                if (tcp) {
                    finish(null);
                }
                return; // over UDP the true answer may still come
            }
            if (!tcp && ForeignAnswer.isTruncated(bytes)) {
                overTcp();
            } else {
                finish(answer);
            }
        }

        /** What a socket tells after it was given up for another does not count. */
        private void failed(ChannelHandlerContext context) {
            if (context.channel().equals(channel)) {
                finish(null);
            }
        }

        private void finish(@Nullable ForeignAnswer answer) {
            if (!done) {
                done = true;
                close();
                then.accept(answer);
            }
        }

        private void close() {
            Channel open = channel;
            channel = null;
            if (open != null) {
                open.close();
            }
        }

        private final class Datagrams extends SimpleChannelInboundHandler<DatagramPacket> {
            @Override
            protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
                received(packet.content(), false);
            }

            /** A refused port is told on the socket. */
            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                failed(context);
            }
        }

        private final class Frames extends SimpleChannelInboundHandler<ByteBuf> {
            @Override
            protected void channelRead0(ChannelHandlerContext context, ByteBuf frame) {
                received(frame, true);
            }

            @Override
            public void channelInactive(ChannelHandlerContext context) {
                failed(context);
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                failed(context);
            }
        }
    }
}
