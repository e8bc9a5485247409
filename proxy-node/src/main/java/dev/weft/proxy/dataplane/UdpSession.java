package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;

/**
 * What one client address and port exchanges with one endpoint: a socket of its own, connected to the endpoint, so that
 * answers find back and the kernel tells when nobody listens there. Confined to the listener's event loop.
 */
@SuppressWarnings(
        "FutureReturnValueIgnored") // what cannot be sent shows on the channel, what cannot be closed is closed
final class UdpSession extends ChannelInboundHandlerAdapter {
    /** Datagrams that wait for the socket, which takes no round trip; one more is lost. */
    private static final int MAX_WAITING = 16;

    // Linux error numbers; the native transport exists on Linux only.
    private static final int ENETUNREACH = 101;
    private static final int EHOSTUNREACH = 113;

    private final UdpListener listener;
    private final RouteUpkeep lead;
    private final InetSocketAddress client;
    private final Target target;
    private final DatagramChannel channel;
    private final LongSupplier nanos;
    private final boolean measuring;
    private final Account account;
    private final Queue<ByteBuf> waiting = new ArrayDeque<>();
    private boolean connected;
    private boolean ended;
    private long heardNanos;
    private long askedNanos;

    /** @param measuring whether it matters how fast the endpoint answers */
    UdpSession(
            UdpListener listener,
            RouteUpkeep lead,
            InetSocketAddress client,
            Target target,
            DatagramChannel channel,
            LongSupplier nanos,
            boolean measuring) {
        this.listener = listener;
        this.lead = lead;
        this.client = client;
        this.target = target;
        this.channel = channel;
        this.nanos = nanos;
        this.measuring = measuring;
        this.heardNanos = nanos.getAsLong();
        this.account = new Account(client, heardNanos);
        target.opened();
    }

    InetSocketAddress client() {
        return client;
    }

    Target target() {
        return target;
    }

    /** For how long nothing has come from either side. */
    long quietNanos(long nowNanos) {
        return nowNanos - heardNanos;
    }

    /** For the access log. */
    String account(long nowNanos) {
        return account.text(target, nowNanos);
    }

    void open(EventLoop loop) {
        channel.pipeline().addLast(this);
        loop.register(channel).addListener((ChannelFuture registered) -> {
            if (registered.isSuccess() && !ended) {
                channel.connect(target.address()).addListener((ChannelFuture outcome) -> connected(outcome));
            } else {
                connected(registered);
            }
        });
    }

    /** Passes a datagram on to the endpoint; the bytes stay the caller's. */
    void send(ByteBuf bytes) {
        if (ended) {
            return;
        }
        heardNanos = nanos.getAsLong();
        askedNanos = askedNanos == 0 ? heardNanos : askedNanos;
        account.sent(bytes.readableBytes());
        target.sent(bytes.readableBytes());
        if (!connected && waiting.size() < MAX_WAITING) {
            waiting.add(copied(bytes));
        } else if (connected && channel.isWritable()) {
            channel.writeAndFlush(copied(bytes), channel.voidPromise());
        } else {
            listener.lost();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            if (ended) {
                return;
            }
            heardNanos = nanos.getAsLong();
            if (measuring && askedNanos != 0) {
                target.latency(heardNanos - askedNanos, heardNanos);
            }
            askedNanos = 0;
            ByteBuf bytes = packet.content();
            account.received(bytes.readableBytes());
            target.received(bytes.readableBytes());
            target.answered();
            listener.reply(copied(bytes), client);
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        listener.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!ended && isNobodyThere(cause)) {
            account.cut();
            listener.endpointFailed(lead, target, String.valueOf(cause.getMessage()));
            end(); // the client's next datagram begins anew, with another endpoint perhaps
        } else if (!ended) {
            listener.lost();
        }
    }

    /** Ends, since nothing has come for the idle timeout. */
    void endIdle() {
        account.idle();
        end();
    }

    /** Gives back what it has. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        channel.close();
        target.closed();
        listener.ended(this);
    }

    private void connected(ChannelFuture outcome) {
        if (ended || !outcome.isSuccess()) {
            channel.close();
            if (!ended) {
                waiting.forEach(lost -> listener.lost());
                end(); // a lack of descriptors or of a route, here: no fault of the endpoint's
            }
            return;
        }
        connected = true;
        waiting.forEach(bytes -> channel.write(bytes, channel.voidPromise()));
        waiting.clear();
        channel.flush();
    }

    /** Of its own size: what has been received stands in a buffer for the longest datagram there can be. */
    private ByteBuf copied(ByteBuf bytes) {
        return channel.alloc()
                .directBuffer(bytes.readableBytes())
                .writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    /** Told by the kernel after an ICMP message of the endpoint's host, or of a router before it. */
    private static boolean isNobodyThere(Throwable cause) {
        if (cause instanceof Errors.NativeIoException nativeFailure) {
            int error = -nativeFailure.expectedErr();
            return error == ENETUNREACH || error == EHOSTUNREACH;
        }
        return cause instanceof PortUnreachableException
                || cause instanceof ConnectException
                || cause instanceof NoRouteToHostException;
    }
}
