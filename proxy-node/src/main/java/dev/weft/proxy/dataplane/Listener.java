package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.view.ServiceKey;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listening socket: binds, tries again while it cannot, accepts, hands each connection to a {@link Relay}. Its own
 * state is touched on the accepting loop only; counters and status may be read anywhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed; timers need no looking after
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.weft.proxy.access");

    /** The round in which the last byte came does not count, so a connection is closed at most 1/4 late. */
    private static final int IDLE_ROUNDS = 4;

    private final ServiceKey service;
    private final ListenerKey key;
    private final Route route;
    private final Transport transport;
    private final DataPlaneSettings settings;
    private final ConnectionBudget budget;
    private final RoundTrips roundTrips;
    private final LongSupplier nanos;
    private final RandomGenerator jitter;
    private final WriteBufferWaterMark waterMark;
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private final RetryBudget retries;
    private final LongAdder accepted = new LongAdder();
    private final LongAdder refusedNoEndpoint = new LongAdder();
    private final LongAdder refusedLimit = new LongAdder();
    private final LongAdder closedIdle = new LongAdder();
    private final LongAdder refusedSource = new LongAdder();
    private final LongAdder retried = new LongAdder();
    private final Map<String, ConnectHistogram> connecting = new ConcurrentHashMap<>();
    private @Nullable Channel channel;
    private volatile SourceGate gate = SourceGate.OPEN;
    private List<String> sourceRanges = List.of();
    private Duration idleTimeout = Duration.ZERO;
    private @Nullable Future<?> idleRound;
    private boolean closing;
    private @Nullable Future<?> reconsidering;
    private volatile BindOutcome outcome = new BindOutcome(BindState.BINDING, "");

    Listener(
            ServiceKey service,
            ListenerKey key,
            Route route,
            Transport transport,
            DataPlaneSettings settings,
            ConnectionBudget budget,
            RoundTrips roundTrips,
            LongSupplier nanos,
            RandomGenerator jitter) {
        this.service = service;
        this.key = key;
        this.route = route;
        this.transport = transport;
        this.settings = settings;
        this.budget = budget;
        this.roundTrips = roundTrips;
        this.nanos = nanos;
        this.jitter = jitter;
        this.waterMark = new WriteBufferWaterMark(settings.lowWaterMarkBytes(), settings.highWaterMarkBytes());
        this.retries = new RetryBudget(
                settings.connecting().retryRatio(), settings.connecting().retryReserve());
    }

    /** Binds as soon as it can; the outcome shows in the status. */
    void open() {
        transport.acceptors().execute(() -> bind(settings.bindRetryMin()));
    }

    /** Accepts no more; the connections go on until {@link #closeConnections}. */
    void close() {
        transport.acceptors().execute(() -> {
            closing = true;
            outcome = new BindOutcome(BindState.CLOSED, "");
            if (channel != null) {
                channel.close();
            }
        });
    }

    void closeConnections() {
        relays.forEach(Relay::close);
    }

    /** Takes over a plan; what leaves gets no new connections from now on. */
    void update(ListenerPlan plan) {
        ListenerPolicy policy = plan.policy();
        if (!policy.sourceRanges().equals(sourceRanges)) {
            sourceRanges = policy.sourceRanges();
            gate = new SourceGate(sourceRanges);
        }
        Duration idle = policy.idleTimeout();
        transport.acceptors().execute(() -> closeIdleAfter(idle == null ? settings.idleTimeout() : idle));
        List<Target> left = route.update(plan, nanos.getAsLong());
        if (route.dueIn() > 0) {
            transport.acceptors().execute(this::reconsider);
        }
        if (!left.isEmpty()) {
            transport
                    .acceptors()
                    .schedule(() -> expire(left), settings.drainDeadline().toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    int openConnections() {
        return budget.taken();
    }

    ListenerStatus status() {
        BindOutcome now = outcome;
        Map<String, ConnectTimes> times = new HashMap<>();
        connecting.forEach((cluster, histogram) -> times.put(cluster, histogram.snapshot()));
        return new ListenerStatus(
                service,
                key,
                now.state(),
                now.reason(),
                route.algorithmLabel(),
                accepted.sum(),
                budget.taken(),
                refusedNoEndpoint.sum(),
                refusedLimit.sum(),
                closedIdle.sum(),
                refusedSource.sum(),
                retried.sum(),
                times,
                route.endpoints());
    }

    DataPlaneSettings settings() {
        return settings;
    }

    /** A socket that is to be connected to an endpoint. */
    SocketChannel newUpstream() {
        SocketChannel socket = transport.newSocket();
        socket.config()
                .setWriteBufferWaterMark(waterMark)
                .setConnectTimeoutMillis(
                        Math.toIntExact(settings.connecting().timeout().toMillis()));
        return socket;
    }

    boolean takeRetry() {
        if (retries.takeRetry()) {
            retried.increment();
            return true;
        }
        return false;
    }

    /** An endpoint took a connection. */
    void endpointConnected(Target target, long tookNanos) {
        connecting
                .computeIfAbsent(target.cluster(), first -> new ConnectHistogram())
                .add(tookNanos);
        if (!target.cluster().isEmpty()) {
            roundTrips.observe(target.cluster(), tookNanos);
        }
    }

    /** An endpoint failed, for its own fault as far as can be seen; perhaps it is out of choice for that. */
    void endpointFailed(Target target, String how) {
        long outNanos = route.failed(target, nanos.getAsLong());
        if (outNanos > 0) {
            LOG.info(
                    "endpoint {} of {} is out of choice for {} ms, failed {} times in all; last: {}",
                    target.identity(),
                    service,
                    TimeUnit.NANOSECONDS.toMillis(outNanos),
                    target.failures(),
                    how);
            transport.acceptors().execute(this::reconsider);
        }
    }

    /** @param full whether there were endpoints, but none had room */
    void countRefused(boolean full) {
        (full ? refusedLimit : refusedNoEndpoint).increment();
    }

    void relayEnded(Relay relay) {
        if (settings.accessLog()) {
            ACCESS.info("{} {} {}", service, key.authority(), relay.account(nanos.getAsLong()));
        }
        relays.remove(relay);
        budget.release();
    }

    private void reconsider() {
        Future<?> earlier = reconsidering;
        if (earlier != null) {
            earlier.cancel(false);
        }
        long dueIn = route.reconsider(nanos.getAsLong());
        reconsidering = dueIn == 0 || (closing && relays.isEmpty())
                ? null
                : transport.acceptors().schedule(this::reconsider, dueIn, TimeUnit.NANOSECONDS);
    }

    private void expire(List<Target> left) {
        Set<Target> gone = route.stillGone(left);
        if (!gone.isEmpty()) {
            relays.stream().filter(relay -> relay.leadsTo(gone)).forEach(Relay::close);
        }
    }

    private void closeIdleAfter(Duration timeout) {
        if (timeout.equals(idleTimeout)) {
            return;
        }
        idleTimeout = timeout;
        Future<?> waiting = idleRound;
        if (waiting != null) {
            waiting.cancel(false);
        }
        idleRound = null;
        scheduleIdleRound();
    }

    /** Goes on after the listener is closed, as long as it has connections. */
    private void scheduleIdleRound() {
        if (!idleTimeout.isZero()) {
            idleRound = transport.acceptors().schedule(this::idleRound, roundMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void idleRound() {
        relays.stream().filter(relay -> relay.quietRound() == IDLE_ROUNDS).forEach(relay -> {
            closedIdle.increment();
            relay.close();
        });
        if (!closing || !relays.isEmpty()) {
            scheduleIdleRound();
        }
    }

    private long roundMillis() {
        return Math.max(1, idleTimeout.toMillis() / IDLE_ROUNDS);
    }

    private void bind(Duration retryAfter) {
        if (closing) {
            return;
        }
        ServerBootstrap bootstrap = new ServerBootstrap();
        transport.configureAccepted(bootstrap);
        bootstrap
                .group(transport.acceptors(), transport.workers())
                .channel(transport.serverChannel())
                .option(ChannelOption.SO_BACKLOG, settings.backlog())
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel child) {
                        accept(child);
                    }
                })
                .bind(new InetSocketAddress(key.address(), key.port()))
                .addListener((ChannelFuture bound) -> bound(bound, retryAfter));
    }

    private void bound(ChannelFuture bound, Duration retryAfter) {
        Throwable failure = bound.cause();
        if (failure == null) {
            channel = bound.channel();
            if (closing) {
                channel.close();
                return;
            }
            outcome = new BindOutcome(BindState.BOUND, "");
            LOG.info("listener {} of {} is bound", key, service);
            return;
        }
        if (closing) {
            return;
        }
        BindOutcome now = BindOutcome.of(key, failure);
        if (now.state() != outcome.state()) {
            LOG.warn("listener {} of {} cannot be bound: {}; tried again by itself", key, service, now.reason());
        }
        outcome = now;
        long delayMillis = (long) (retryAfter.toMillis() * (0.5 + jitter.nextDouble() / 2));
        Duration doubled = retryAfter.multipliedBy(2);
        Duration next = doubled.compareTo(settings.bindRetryMax()) < 0 ? doubled : settings.bindRetryMax();
        transport.acceptors().schedule(() -> bind(next), Math.max(1, delayMillis), TimeUnit.MILLISECONDS);
    }

    private void accept(Channel child) {
        accepted.increment();
        if (!gate.admits(child.remoteAddress())) {
            refuse(child, refusedSource);
            return;
        }
        if (!budget.take()) {
            refuse(child, refusedLimit);
            return;
        }
        retries.connection();
        Relay relay = new Relay(this, route, child, nanos);
        relays.add(relay);
        relay.connect();
    }

    private static void refuse(Channel child, LongAdder reason) {
        reason.increment();
        child.config().setOption(ChannelOption.SO_LINGER, 0);
        child.close();
    }
}
