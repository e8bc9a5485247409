package dev.weft.proxy.dataplane;

import dev.weft.proxy.dataplane.HalfClose.End;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection on a channel of Netty's. */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed
final class ChannelIncoming implements Incoming {
    private final Channel accepted;
    private final Transport transport;
    private final DataPlaneSettings settings;

    ChannelIncoming(Channel accepted, Transport transport, DataPlaneSettings settings) {
        this.accepted = accepted;
        this.transport = transport;
        this.settings = settings;
    }

    @Override
    public @Nullable SocketAddress client() {
        return accepted.remoteAddress();
    }

    @Override
    public @Nullable SocketAddress local() {
        return accepted.localAddress();
    }

    @Override
    public void refuse() {
        accepted.config().setOption(ChannelOption.SO_LINGER, 0);
        accepted.close();
    }

    @Override
    public Side front(Relay relay) {
        return side(relay, End.CLIENT, accepted);
    }

    @Override
    public Side back(Relay relay, InetSocketAddress endpoint) {
        SocketChannel socket = transport.newChannel();
        socket.config()
                .setWriteBufferWaterMark(
                        new WriteBufferWaterMark(settings.lowWaterMarkBytes(), settings.highWaterMarkBytes()))
                .setConnectTimeoutMillis(
                        Math.toIntExact(settings.connecting().timeout().toMillis()));
        return side(relay, End.SERVER, socket);
    }

    private Side side(Relay relay, End end, Channel channel) {
        return new ChannelSide(
                relay, end, channel, accepted.eventLoop(), settings.closeGrace().toMillis());
    }
}
