package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Verdict;
import dev.weft.proxy.view.ServiceKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.FileDescriptor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listening socket of UDP, and a {@link UdpSession} for each client address and port that it hears from. The socket,
 * the sessions and all of their state live on one event loop; counters and status may be read anywhere.
 *
 * <p>A session ends when nothing has come on it for the idle timeout, when its endpoint leaves the choice or turns out not
 * to be there, and when the listener closes: datagrams promise nothing, and a client is served better by its next one going
 * elsewhere than by a wait for the end of something that has none.
 *
 * <p>An empty datagram opens a session and keeps it, but is not passed on: Netty sends none.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed; timers need no looking after
final class UdpListener implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(UdpListener.class);
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.weft.proxy.access");

    /** No datagram is longer. */
    static final int MAX_DATAGRAM_BYTES = 65_535;

    private final Reception reception;
    private final Transport transport;
    private final DataPlaneSettings settings;
    private final LongSupplier nanos;
    private final EventLoop loop;
    private final IdleRounds idle;
    private final Binding binding;
    private final Map<InetSocketAddress, UdpSession> sessions = new HashMap<>();
    private @Nullable Channel channel;
    private boolean handedOver;

    UdpListener(
            ServiceKey service, ListenerKey key, Supplier<Route> routes, ListenerMeans means, ConnectionBudget budget) {
        this.transport = means.transport();
        this.settings = means.settings();
        this.nanos = means.nanos();
        this.loop = transport.workers().next();
        this.reception = new Reception(service, key, routes, means, budget, loop, this::over);
        this.binding = new Binding(service, key, settings, means.jitter(), loop, this::bind);
        this.idle = new IdleRounds(loop, this::endIdle, this::over);
    }

    @Override
    public Reception reception() {
        return reception;
    }

    @Override
    public void open() {
        binding.open();
    }

    /** Ends all sessions as well: without the socket they could not be answered. */
    @Override
    public void close() {
        reception.close(this);
        loop.execute(() -> {
            binding.close();
            endAll();
        });
    }

    /** What clients send from now on is for the other process; what they have asked already is still answered. */
    @Override
    public void handOver() {
        reception.close(this);
        loop.execute(() -> {
            handedOver = true;
            if (channel != null) {
                channel.config().setAutoRead(false);
            }
        });
    }

    @Override
    public @Nullable FileDescriptor descriptor() {
        return binding.descriptor();
    }

    @Override
    public void closeConnections() {
        loop.execute(() -> {
            endAll();
            if (handedOver) {
                binding.close();
            }
        });
    }

    /** Sessions with what leaves are over. */
    @Override
    public void update(ListenerPlan plan) {
        Duration asked = plan.policy().idleTimeout();
        idle.after(asked == null || asked.isZero() ? settings.udp().idleTimeout() : asked); // nothing else ends one
        Set<Target> left = reception.update(this, plan);
        if (!left.isEmpty()) {
            loop.execute(() -> endThoseTo(reception.leads().stillGone(left)));
        }
    }

    @Override
    public void judge(Function<ProbeTarget, Verdict> verdicts) {
        reception.judge(verdicts);
        loop.execute(() -> List.copyOf(sessions.values()).stream()
                .filter(session -> session.target().dead())
                .forEach(UdpSession::end));
    }

    @Override
    public BindOutcome outcome() {
        return binding.outcome();
    }

    /** A datagram from an endpoint; sent off with the next {@link #flush}. Takes over the bytes. */
    void reply(ByteBuf bytes, InetSocketAddress client) {
        Channel socket = channel;
        if (socket == null || !socket.isWritable()) {
            bytes.release();
            lost();
        } else {
            socket.write(new DatagramPacket(bytes, client), socket.voidPromise());
        }
    }

    void flush() {
        if (channel != null) {
            channel.flush();
        }
    }

    /** A datagram could not be passed on. */
    void lost() {
        reception.counts().lost.increment();
    }

    void endpointFailed(RouteUpkeep lead, Target target, String how) {
        lead.failed(target, how);
    }

    /** The session has given back all it had. */
    void ended(UdpSession session) {
        sessions.remove(session.client(), session);
        reception.left();
        if (settings.accessLog()) {
            ACCESS.info(
                    "{} {} {}", reception.service(), reception.key().authority(), session.account(nanos.getAsLong()));
        }
    }

    private CompletionStage<Door> bind(InetSocketAddress address) {
        return transport.receive(address, loop, new Inlet());
    }

    private @Nullable UdpSession begin(InetSocketAddress client) {
        if (binding.closing() || handedOver) {
            return null;
        }
        if (!reception.admits(client)) {
            return null;
        }
        long now = nanos.getAsLong();
        RouteUpkeep lead = reception.leads().of(client, () -> channel == null ? null : channel.localAddress());
        Route route = lead.route();
        Target target = route.pick(Route.keyOf(client), now, List.of());
        if (target == null) {
            reception.left();
            reception.refused(route.hasTargets());
            return null;
        }
        reception.counts().accepted.increment();
        DatagramChannel socket = transport.newDatagramSocket();
        UdpSession session = new UdpSession(
                this, lead, client, target, socket, nanos, route.balancer().usesLatency());
        sessions.put(client, session);
        session.open(loop);
        return session;
    }

    private boolean over() {
        return binding.closing() || handedOver;
    }

    private void endAll() {
        List.copyOf(sessions.values()).forEach(UdpSession::end);
    }

    private void endThoseTo(Set<Target> gone) {
        List.copyOf(sessions.values()).stream()
                .filter(session -> gone.contains(session.target()))
                .forEach(UdpSession::end);
    }

    private void endIdle(Duration timeout) {
        long now = nanos.getAsLong();
        List.copyOf(sessions.values()).stream()
                .filter(session -> session.quietNanos(now) >= timeout.toNanos())
                .forEach(session -> {
                    reception.counts().closedIdle.increment();
                    session.endIdle();
                });
    }

    private final class Inlet extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            try {
                InetSocketAddress client = packet.sender();
                UdpSession known = sessions.get(client);
                UdpSession session = known != null || client.getPort() == 0 ? known : begin(client);
                if (session != null) {
                    session.send(packet.content());
                }
            } finally {
                packet.release();
            }
        }

        /** What cannot be sent to one client is no reason to leave the others. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            lost();
            LOG.debug("a datagram of {} was lost: {}", reception.service(), cause.toString());
        }
    }
}
