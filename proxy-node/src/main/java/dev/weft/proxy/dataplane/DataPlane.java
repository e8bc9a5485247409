package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All listeners of this node. Outlives the actor that steers it, so that a restart of that closes nothing. Safe for
 * several threads; no call waits for a socket.
 */
@SuppressWarnings("FutureReturnValueIgnored") // timers of a loop need no looking after
public final class DataPlane {
    private static final int DRAIN_CHECK_MILLIS = 20;

    private final DataPlaneSettings settings;
    private final BalanceSettings balance;
    private final LongSupplier nanos;
    private final RandomGenerator random;
    private final Transport transport;
    private final ConnectionBudget budget;
    private final Map<ServiceKey, Map<ListenerKey, Listener>> listeners = new HashMap<>();
    private final Map<ServiceKey, ConnectionBudget> budgets = new HashMap<>();
    private final LameDucks lameDucks = new LameDucks();
    private final Set<Listener> retired = ConcurrentHashMap.newKeySet();
    private final RoundTrips roundTrips;
    private final PickCounts picks = new PickCounts();
    private final OwnSources ownSources;
    private final ActiveChecks checks;
    private final ListenerMeans means;
    private final Succession succession;
    /** Kept until it is known what a predecessor has handed over. */
    private @Nullable Map<ServiceKey, List<ListenerPlan>> servedElsewhere;

    private boolean draining;

    /**
     * Opens the event loops.
     *
     * @param nanos a monotonic clock, in nanoseconds
     */
    public DataPlane(DataPlaneSettings settings, BalanceSettings balance, LongSupplier nanos, RandomGenerator random) {
        this(settings, balance, nanos, random, null);
    }

    /**
     * The same, with checks of endpoints for services that ask for them.
     *
     * @param checking by what; null to check none
     */
    public DataPlane(
            DataPlaneSettings settings,
            BalanceSettings balance,
            LongSupplier nanos,
            RandomGenerator random,
            @Nullable CheckMeans checking) {
        this.settings = settings;
        this.balance = balance;
        this.roundTrips = new RoundTrips(balance.roundTrips());
        this.nanos = nanos;
        this.random = new SplittableRandom(random.nextLong());
        RandomGenerator jitter = new SplittableRandom(random.nextLong());
        this.transport = Transport.open(settings);
        this.checks = new ActiveChecks(checking, transport.acceptors(), nanos, new SplittableRandom(jitter.nextLong()));
        this.ownSources = new OwnSources(settings.podNetworks());
        this.means = new ListenerMeans(transport, settings, ownSources, checks, roundTrips, nanos, jitter);
        this.succession = new Succession(transport, nanos, balance.affinityHandover(), this::accepting, this::adopt);
        this.budget = new ConnectionBudget(OpenFileBound.connections(settings.limits()), null);
        long look = Math.max(1, settings.lameDuck().toMillis());
        transport.acceptors().scheduleWithFixedDelay(this::closeForgotten, look, look, TimeUnit.MILLISECONDS);
    }

    /**
     * Takes the sockets of the proxy-node that serves there, if one does, instead of binding its own, and its clients of
     * session affinity. To be called before anything is applied.
     *
     * @return completes with their number
     */
    public synchronized CompletionStage<Integer> inherit(Path socket) {
        servedElsewhere = new HashMap<>();
        return succession.inherit(socket);
    }

    /**
     * Relieves the proxy-node that serves there, if one does, once no listener is just being bound; then serves there for a
     * successor. Sockets that were handed over, and at which something else serves by now, stay open as those that it has
     * replaced here.
     *
     * @param relieved called when a successor serves; {@link #drain} and {@link #stop} leave its sockets alone then
     * @return closes what was opened for it
     */
    public CompletionStage<Runnable> succeed(Path socket, Runnable relieved) {
        return succession.succeed(socket, relieved);
    }

    /** The service has exactly these listeners from now on; none closes all of its listeners. */
    public void apply(ServiceKey service, List<ListenerPlan> plans) {
        apply(service, plans, List.of());
    }

    /**
     * The same where something else serves others of its listeners from now on. Those of TCP that are open here stay so
     * until nobody comes to them any more.
     */
    public synchronized void apply(ServiceKey service, List<ListenerPlan> plans, List<ListenerPlan> elsewhere) {
        if (draining) {
            return;
        }
        Map<ListenerKey, Listener> present = listeners.computeIfAbsent(service, absent -> new HashMap<>());
        Set<ListenerKey> wanted = keys(plans);
        Set<ListenerKey> replaced = keys(elsewhere);
        List.copyOf(present.keySet()).stream()
                .filter(key -> !wanted.contains(key))
                .forEach(key -> {
                    Listener leaving = present.remove(key);
                    if (leaving instanceof TcpListener && replaced.contains(key)) {
                        lameDucks.add(leaving);
                    } else if (leaving != null) {
                        retire(leaving, settings.drainDeadline());
                    }
                });
        if (plans.stream().anyMatch(plan -> plan.own() != null)) {
            ownSources.refresh();
        }
        for (ListenerPlan plan : plans) {
            ConnectionBudget ofService = budget(service, plan);
            Listener known = present.computeIfAbsent(plan.key(), key -> lameDucks.recall(service, key));
            if (known != null) {
                known.update(plan);
            } else {
                present.put(plan.key(), open(service, plan, ofService));
            }
        }
        lameDucks.update(service, elsewhere).forEach(gone -> retire(gone, settings.drainDeadline()));
        if (servedElsewhere != null) {
            servedElsewhere.put(service, List.copyOf(elsewhere));
        }
        if (present.isEmpty()) {
            listeners.remove(service);
        }
        if (present.isEmpty() && !lameDucks.has(service)) {
            budgets.remove(service);
        }
    }

    private ConnectionBudget budget(ServiceKey service, ListenerPlan plan) {
        ConnectionBudget ofService = budgets.computeIfAbsent(service, first -> new ConnectionBudget(0, budget));
        int asked = plan.policy().maxConnections();
        ofService.limit(asked > 0 ? asked : settings.limits().service());
        return ofService;
    }

    /** Who waits in a socket at which something else serves now, or is still led there, is let in here. */
    private synchronized void adopt(Inheritance left) {
        Map<ServiceKey, List<ListenerPlan>> plansElsewhere = servedElsewhere;
        servedElsewhere = null;
        if (plansElsewhere == null || draining) {
            return;
        }
        plansElsewhere.forEach((service, plans) -> plans.stream()
                .filter(plan -> left.listensAt(plan.key()))
                .forEach(plan -> lameDucks.add(open(service, plan, budget(service, plan)))));
    }

    private static Set<ListenerKey> keys(List<ListenerPlan> plans) {
        return plans.stream().map(ListenerPlan::key).collect(Collectors.toSet());
    }

    /** The services that have listeners. */
    public synchronized Set<ServiceKey> services() {
        return Set.copyOf(listeners.keySet());
    }

    /** Whether the service has listeners. */
    public synchronized boolean serves(ServiceKey service) {
        return listeners.containsKey(service);
    }

    /** Whether all listeners that the service has are bound. */
    public synchronized boolean isBound(ServiceKey service) {
        return listeners.getOrDefault(service, Map.of()).values().stream()
                .allMatch(listener -> listener.outcome().state() == BindState.BOUND);
    }

    /** Of every listener, those that are closed but still have connections included. */
    public synchronized List<ListenerStatus> status() {
        List<ListenerStatus> status = new ArrayList<>();
        listeners.values().forEach(byKey -> byKey.values().forEach(listener -> status.add(listener.status())));
        Stream.concat(lameDucks.all().stream(), retired.stream())
                .filter(listener -> listener.openConnections() > 0)
                .forEach(listener -> status.add(listener.status().closed()));
        status.sort(Comparator.comparing(ListenerStatus::service).thenComparing(ListenerStatus::key));
        return status;
    }

    /** The addresses of listeners, and of closed ones that still have connections, as the services spell them. */
    public Set<String> addressesInUse() {
        return Stream.of(accepting().stream(), retired.stream().filter(closed -> closed.openConnections() > 0))
                .flatMap(these -> these)
                .map(listener -> listener.reception().key().address())
                .collect(Collectors.toSet());
    }

    /** Endpoints picked so far, by the names of the algorithms. */
    public Map<String, Long> picks() {
        return picks.snapshot();
    }

    /** {@code epoll} or {@code nio}. */
    public String transportName() {
        return transport.name();
    }

    /** Connections open through this node. */
    public int openConnections() {
        return budget.taken();
    }

    /**
     * Accepts nothing more; completes when the last connection has ended. Those left at the deadline are closed, and get
     * the closing grace to send what has been taken.
     */
    public CompletionStage<Void> drain(Duration deadline) {
        synchronized (this) {
            draining = true;
            listeners.values().forEach(byKey -> byKey.values().forEach(listener -> retire(listener, deadline)));
            lameDucks.takeAll().forEach(listener -> retire(listener, deadline));
            listeners.clear();
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        // first the listeners let in what waits already, and close
        transport.settled().thenRun(() -> awaitDrained(nanos.getAsLong() + deadline.toNanos(), false, done));
        return done;
    }

    /** Closes everything and ends the event loops. */
    public CompletionStage<Void> stop() {
        return drain(Duration.ZERO).thenCompose(drained -> {
            checks.close();
            transport.inherited().thenAccept(Inheritance::close);
            return transport.close();
        });
    }

    /** The listeners, those included in whose place something else serves. */
    private synchronized List<Listener> accepting() {
        List<Listener> all = lameDucks.all();
        listeners.values().forEach(byKey -> all.addAll(byKey.values()));
        return all;
    }

    private Listener open(ServiceKey service, ListenerPlan plan, ConnectionBudget ofService) {
        ConnectionLimits limits = settings.limits();
        boolean udp = plan.key().protocol() == Protocol.UDP;
        RoundTrips distances = udp ? roundTrips.notAsking() : roundTrips;
        Supplier<Route> routes = () -> new Route(balance, limits.endpoint(), distances, picks, random);
        int most = udp ? Math.min(limits.listener(), settings.udp().maxSessions()) : limits.listener();
        ConnectionBudget own = new ConnectionBudget(most, ofService);
        Listener listener = udp
                ? new UdpListener(service, plan.key(), routes, means, own)
                : new TcpListener(service, plan.key(), routes, means, own);
        listener.update(plan);
        succession.recall(listener);
        listener.open();
        return listener;
    }

    private void retire(Listener listener, Duration deadline) {
        if (succession.relieved()) {
            listener.handOver();
        } else {
            listener.close();
        }
        retired.add(listener);
        transport
                .acceptors()
                .schedule(
                        () -> {
                            listener.closeConnections();
                            retired.remove(listener);
                        },
                        deadline.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private synchronized void closeForgotten() {
        for (Listener forgotten : lameDucks.takeForgotten()) {
            ServiceKey service = forgotten.reception().service();
            retire(forgotten, settings.drainDeadline());
            if (!listeners.containsKey(service) && !lameDucks.has(service)) {
                budgets.remove(service);
            }
        }
    }

    private void awaitDrained(long deadlineNanos, boolean closing, CompletableFuture<Void> done) {
        boolean late = nanos.getAsLong() - deadlineNanos >= 0;
        if (budget.taken() == 0 || (late && closing)) {
            done.complete(null);
            return;
        }
        if (late) {
            List.copyOf(retired).forEach(Listener::closeConnections);
        }
        long nextDeadline = late ? deadlineNanos + settings.closeGrace().toNanos() : deadlineNanos;
        transport
                .acceptors()
                .schedule(
                        () -> awaitDrained(nextDeadline, late || closing, done),
                        DRAIN_CHECK_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
