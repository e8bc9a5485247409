package dev.weft.proxy.dns;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's sockets: one TCP socket, and UDP sockets on the same port. TCP is bound first and shared with nobody,
 * unless the settings say so: a second server finds the port taken although the UDP sockets share it among themselves. Its own state is touched
 * on one event loop only; state, address and reason may be read anywhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed; timers need no looking after
final class DnsSockets {
    private static final Logger LOG = LoggerFactory.getLogger(DnsSockets.class);
    private static final int MAX_QUESTION_BYTES = 4096;

    private final DnsSettings settings;
    private final InetSocketAddress listen;
    private final DnsTransport transport;
    private final QuestionService service;
    private final RandomGenerator jitter;
    private final EventLoop home;
    private final List<Channel> channels = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile DnsStatus.State state = DnsStatus.State.BINDING;
    private volatile String reason = "";
    private volatile String address;

    DnsSockets(
            DnsSettings settings,
            InetSocketAddress listen,
            DnsTransport transport,
            QuestionService service,
            RandomGenerator jitter) {
        this.settings = settings;
        this.listen = listen;
        this.transport = transport;
        this.service = service;
        this.jitter = jitter;
        this.home = transport.loops().next();
        this.address = text(listen);
    }

    void open() {
        home.execute(() -> bindTcp(settings.bindRetryMin()));
    }

    void close() {
        home.execute(() -> {
            state = DnsStatus.State.CLOSED;
            closeAll();
        });
    }

    DnsStatus.State state() {
        return state;
    }

    String reason() {
        return reason;
    }

    /** With the port that the system has given, when port 0 was asked for. */
    String address() {
        return address;
    }

    int connections() {
        return connections.get();
    }

    private void bindTcp(Duration retryAfter) {
        if (state == DnsStatus.State.CLOSED) {
            return;
        }
        ServerBootstrap bootstrap = new ServerBootstrap();
        if (transport.epoll() && settings.sharePort()) {
            bootstrap.option(UnixChannelOption.SO_REUSEPORT, true);
        }
        bootstrap
                .group(home, transport.loops())
                .channel(transport.serverChannel())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        accept(child);
                    }
                })
                .bind(listen)
                .addListener((ChannelFuture bound) -> onHome(() -> tcpBound(bound, retryAfter)));
    }

    private void tcpBound(ChannelFuture bound, Duration retryAfter) {
        if (!bound.isSuccess()) {
            failed(bound.cause(), retryAfter);
            return;
        }
        channels.add(bound.channel());
        bindUdp((InetSocketAddress) bound.channel().localAddress(), transport.udpSockets(), retryAfter);
    }

    private void bindUdp(InetSocketAddress at, int left, Duration retryAfter) {
        Bootstrap bootstrap = new Bootstrap()
                .group(transport.loops())
                .channel(transport.datagramChannel())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_QUESTION_BYTES));
        if (transport.epoll()) {
            bootstrap
                    .option(UnixChannelOption.SO_REUSEPORT, true)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_QUESTION_BYTES * 16))
                    .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, MAX_QUESTION_BYTES);
        }
        bootstrap
                .handler((ChannelHandler) new UdpHandler(service))
                .bind(at)
                .addListener((ChannelFuture bound) -> onHome(() -> udpBound(bound, at, left, retryAfter)));
    }

    private void udpBound(ChannelFuture bound, InetSocketAddress at, int left, Duration retryAfter) {
        if (!bound.isSuccess()) {
            failed(bound.cause(), retryAfter);
            return;
        }
        channels.add(bound.channel());
        if (state == DnsStatus.State.CLOSED) {
            closeAll();
        } else if (left > 1) {
            bindUdp(at, left - 1, retryAfter);
        } else {
            address = text(at);
            reason = "";
            state = DnsStatus.State.BOUND;
            LOG.info("DNS answers on {}, UDP and TCP", address);
        }
    }

    /** One line for one cause, however often it is tried. */
    private void failed(Throwable cause, Duration retryAfter) {
        closeAll();
        if (state == DnsStatus.State.CLOSED) {
            return;
        }
        String now = "DNS cannot listen on " + text(listen) + ": " + cause.getMessage()
                + " (find who has the port with: ss -lntup; choose another with weft.proxy.dns.listen; a port below 1024"
                + " needs CAP_NET_BIND_SERVICE)";
        if (!now.equals(reason)) {
            LOG.warn("{}; tried again by itself", now);
        }
        reason = now;
        state = DnsStatus.State.FAILED;
        long delayMillis = (long) (retryAfter.toMillis() * (0.5 + jitter.nextDouble() / 2));
        Duration doubled = retryAfter.multipliedBy(2);
        Duration next = doubled.compareTo(settings.bindRetryMax()) < 0 ? doubled : settings.bindRetryMax();
        home.schedule(() -> bindTcp(next), Math.max(1, delayMillis), TimeUnit.MILLISECONDS);
    }

    private void accept(Channel child) {
        if (connections.incrementAndGet() > settings.tcp().maxConnections()) {
            connections.decrementAndGet();
            child.close();
            return;
        }
        child.pipeline().addLast(new TcpHandler(service, settings.tcp(), connections::decrementAndGet));
    }

    private void closeAll() {
        channels.forEach(Channel::close);
        channels.clear();
    }

    private void onHome(Runnable step) {
        home.execute(step);
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
