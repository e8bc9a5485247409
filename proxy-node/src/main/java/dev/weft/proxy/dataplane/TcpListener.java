package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Verdict;
import dev.weft.proxy.view.ServiceKey;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One listening socket of TCP: accepts, and hands each connection to a {@link Relay}. Its own state is touched on the
 * accepting loop only; counters and status may be read anywhere.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails is closed; timers need no looking after
final class TcpListener implements Listener {
    private static final Logger LOG = LoggerFactory.getLogger(TcpListener.class);
    private static final Logger ACCESS = LoggerFactory.getLogger("dev.weft.proxy.access");

    private final Reception reception;
    private final Transport transport;
    private final DataPlaneSettings settings;
    private final RoundTrips roundTrips;
    private final LongSupplier nanos;
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private final RetryBudget retries;
    private final Departures departures;
    private final IdleRounds idle;
    private final Binding binding;

    TcpListener(
            ServiceKey service, ListenerKey key, Supplier<Route> routes, ListenerMeans means, ConnectionBudget budget) {
        this.transport = means.transport();
        this.settings = means.settings();
        this.roundTrips = means.roundTrips();
        this.nanos = means.nanos();
        EventLoopGroup loop = transport.acceptors();
        this.reception = new Reception(service, key, routes, means, budget, loop, this::over);
        this.retries = new RetryBudget(
                settings.connecting().retryRatio(), settings.connecting().retryReserve());
        this.binding = new Binding(service, key, settings, means.jitter(), loop, this::bind);
        this.departures = new Departures(loop, nanos, settings.drainDeadline(), this::expire);
        this.idle = new IdleRounds(loop, this::closeIdle, this::over);
    }

    @Override
    public Reception reception() {
        return reception;
    }

    @Override
    public void open() {
        binding.open();
    }

    /** Accepts no more; the connections go on until {@link #closeConnections}. */
    @Override
    public void close() {
        reception.close(this);
        transport.acceptors().execute(binding::close);
    }

    @Override
    public void handOver() {
        close();
    }

    @Override
    public @Nullable FileDescriptor descriptor() {
        return binding.descriptor();
    }

    @Override
    public void closeConnections() {
        relays.forEach(Relay::close);
    }

    /** What leaves may keep its connections until the deadline for draining. */
    @Override
    public void update(ListenerPlan plan) {
        Duration own = plan.policy().idleTimeout();
        idle.after(own == null ? settings.idleTimeout() : own);
        Set<Target> left = reception.update(this, plan);
        if (!left.isEmpty()) {
            departures.add(left);
        }
    }

    @Override
    public void judge(Function<ProbeTarget, Verdict> verdicts) {
        reception.judge(verdicts);
    }

    @Override
    public BindOutcome outcome() {
        return binding.outcome();
    }

    DataPlaneSettings settings() {
        return settings;
    }

    boolean takeRetry() {
        if (retries.takeRetry()) {
            reception.counts().retried.increment();
            return true;
        }
        return false;
    }

    /** An endpoint took a connection. */
    void endpointConnected(RouteUpkeep lead, Target target, long tookNanos) {
        reception.counts().connected(target.cluster(), tookNanos);
        if (!target.cluster().isEmpty() && roundTrips.observe(target.cluster(), tookNanos, nanos.getAsLong())) {
            lead.measured();
        }
    }

    /** An endpoint failed, for its own fault as far as can be seen. */
    void endpointFailed(RouteUpkeep lead, Target target, String how) {
        lead.failed(target, how);
    }

    /** @param full whether there were endpoints, but none had room */
    void countRefused(boolean full) {
        reception.refused(full);
    }

    /** There is no socket to connect to an endpoint with. */
    void lacksSockets(IOException failure) {
        LOG.warn(
                "a connection to {} of {} is reset, there is no socket for the way on: {}",
                reception.key(),
                reception.service(),
                failure);
    }

    void relayEnded(Relay relay) {
        if (settings.accessLog()) {
            ACCESS.info("{} {} {}", reception.service(), reception.key().authority(), relay.account(nanos.getAsLong()));
        }
        relays.remove(relay);
        reception.left();
    }

    private boolean over() {
        return binding.closing() && relays.isEmpty();
    }

    private void expire(Set<Target> left) {
        Set<Target> gone = reception.leads().stillGone(left);
        if (!gone.isEmpty()) {
            relays.stream().filter(relay -> relay.leadsTo(gone)).forEach(Relay::close);
        }
    }

    /** The round in which the last byte came does not count, so a connection is closed at most 1/4 late. */
    private void closeIdle(Duration timeout) {
        relays.stream().filter(relay -> relay.quietRound() == IdleRounds.ROUNDS).forEach(relay -> {
            reception.counts().closedIdle.increment();
            relay.closeIdle();
        });
    }

    private CompletionStage<Door> bind(InetSocketAddress address) {
        return transport.listen(address, settings, this::accept);
    }

    private void accept(Incoming incoming) {
        reception.counts().accepted.increment();
        if (!reception.admits(incoming.client())) {
            incoming.refuse();
            return;
        }
        retries.connection();
        RouteUpkeep lead = reception.leads().of(incoming.client(), incoming::local);
        Relay relay = new Relay(this, lead, incoming, nanos);
        relays.add(relay);
        relay.connect();
    }
}
