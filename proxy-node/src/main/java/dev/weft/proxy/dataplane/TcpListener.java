package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Verdict;
import dev.weft.proxy.view.ServiceKey;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
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

    /** The round in which the last byte came does not count, so a connection is closed at most 1/4 late. */
    private static final int IDLE_ROUNDS = 4;

    private final ServiceKey service;
    private final ListenerKey key;
    private final Transport transport;
    private final DataPlaneSettings settings;
    private final ConnectionBudget budget;
    private final RoundTrips roundTrips;
    private final LongSupplier nanos;
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();
    private final RetryBudget retries;
    private final ListenerCounts counts = new ListenerCounts();
    private final Leads leads;
    private final ActiveChecks checks;
    private final Departures departures;
    private volatile @Nullable EndpointCheck check;
    private final Binding binding;
    private volatile SourceGate gate = SourceGate.OPEN;
    private List<String> sourceRanges = List.of();
    private Duration askedIdleTimeout = Duration.ZERO;
    private Duration idleTimeout = Duration.ZERO;
    private @Nullable Future<?> idleRound;

    TcpListener(
            ServiceKey service,
            ListenerKey key,
            Supplier<Route> routes,
            OwnSources ownSources,
            ActiveChecks checks,
            Transport transport,
            DataPlaneSettings settings,
            ConnectionBudget budget,
            RoundTrips roundTrips,
            LongSupplier nanos,
            RandomGenerator jitter) {
        this.service = service;
        this.checks = checks;
        this.key = key;
        this.transport = transport;
        this.settings = settings;
        this.budget = budget;
        this.roundTrips = roundTrips;
        this.nanos = nanos;
        this.retries = new RetryBudget(
                settings.connecting().retryRatio(), settings.connecting().retryReserve());
        this.binding = new Binding(service, key, settings, jitter, transport.acceptors(), this::bind);
        this.departures = new Departures(transport.acceptors(), nanos, settings.drainDeadline(), this::expire);
        this.leads = new Leads(
                () -> new RouteUpkeep(service, routes.get(), transport.acceptors(), nanos, this::over), ownSources);
    }

    @Override
    public void open() {
        binding.open();
    }

    /** Accepts no more; the connections go on until {@link #closeConnections}. */
    @Override
    public void close() {
        checks.follow(this, Set.of());
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
        ListenerPolicy policy = plan.policy();
        if (!policy.sourceRanges().equals(sourceRanges)) {
            sourceRanges = policy.sourceRanges();
            gate = new SourceGate(sourceRanges);
        }
        Duration own = policy.idleTimeout();
        Duration idle = own == null ? settings.idleTimeout() : own;
        if (!idle.equals(askedIdleTimeout)) {
            askedIdleTimeout = idle;
            transport.acceptors().execute(() -> closeIdleAfter(idle));
        }
        EndpointCheck askedCheck = checks.wanted(plan);
        boolean checked = check != null || askedCheck != null;
        check = askedCheck;
        Set<Target> left = leads.update(plan);
        if (checked) {
            checks.follow(this, askedCheck == null ? Set.of() : askedCheck.targets(plan));
        }
        if (!left.isEmpty()) {
            departures.add(left);
        }
    }

    @Override
    public void judge(Function<ProbeTarget, Verdict> verdicts) {
        EndpointCheck by = check;
        leads.judge(by == null ? target -> false : by.dead(verdicts));
    }

    @Override
    public int openConnections() {
        return budget.taken();
    }

    @Override
    public ListenerStatus status() {
        return counts.status(service, key, binding.outcome(), leads, budget.taken());
    }

    DataPlaneSettings settings() {
        return settings;
    }

    boolean takeRetry() {
        if (retries.takeRetry()) {
            counts.retried.increment();
            return true;
        }
        return false;
    }

    /** An endpoint took a connection. */
    void endpointConnected(Target target, long tookNanos) {
        counts.connected(target.cluster(), tookNanos);
        if (!target.cluster().isEmpty()) {
            roundTrips.observe(target.cluster(), tookNanos);
        }
    }

    /** An endpoint failed, for its own fault as far as can be seen. */
    void endpointFailed(RouteUpkeep lead, Target target, String how) {
        lead.failed(target, how);
    }

    /** @param full whether there were endpoints, but none had room */
    void countRefused(boolean full) {
        (full ? counts.refusedLimit : counts.refusedNoEndpoint).increment();
    }

    /** There is no socket to connect to an endpoint with. */
    void lacksSockets(IOException failure) {
        LOG.warn("a connection to {} of {} is reset, there is no socket for the way on: {}", key, service, failure);
    }

    void relayEnded(Relay relay) {
        if (settings.accessLog()) {
            ACCESS.info("{} {} {}", service, key.authority(), relay.account(nanos.getAsLong()));
        }
        relays.remove(relay);
        budget.release();
    }

    private boolean over() {
        return binding.closing() && relays.isEmpty();
    }

    private void expire(Set<Target> left) {
        Set<Target> gone = leads.stillGone(left);
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
            counts.closedIdle.increment();
            relay.close();
        });
        if (!over()) {
            scheduleIdleRound();
        }
    }

    private long roundMillis() {
        return Math.max(1, idleTimeout.toMillis() / IDLE_ROUNDS);
    }

    private CompletionStage<Door> bind(InetSocketAddress address) {
        return transport.listen(address, settings, this::accept);
    }

    private void accept(Incoming incoming) {
        counts.accepted.increment();
        if (!gate.admits(incoming.client())) {
            counts.refusedSource.increment();
            incoming.refuse();
            return;
        }
        if (!budget.take()) {
            counts.refusedLimit.increment();
            incoming.refuse();
            return;
        }
        retries.connection();
        RouteUpkeep lead = leads.of(incoming.client(), incoming::local);
        Relay relay = new Relay(this, lead, incoming, nanos);
        relays.add(relay);
        relay.connect();
    }
}
