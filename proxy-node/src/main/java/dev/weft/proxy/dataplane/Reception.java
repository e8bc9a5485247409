package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Verdict;
import dev.weft.proxy.view.ServiceKey;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a listener has whatever its protocol: whose it is, who may come in, where they are led, and what has been counted.
 * Updates come one at a time; the rest is for any thread.
 */
final class Reception {
    private final ServiceKey service;
    private final ListenerKey key;
    private final ActiveChecks checks;
    private final ConnectionBudget budget;
    private final ListenerCounts counts = new ListenerCounts();
    private final Leads leads;
    private volatile @Nullable EndpointCheck check;
    private volatile SourceGate gate = SourceGate.OPEN;
    private List<String> sourceRanges = List.of();

    /**
     * @param loop of one thread; timers run there
     * @param over whether nobody will be led anywhere any more; asked on the loop
     */
    Reception(
            ServiceKey service,
            ListenerKey key,
            Supplier<Route> routes,
            ListenerMeans means,
            ConnectionBudget budget,
            EventLoopGroup loop,
            BooleanSupplier over) {
        this.service = service;
        this.key = key;
        this.checks = means.checks();
        this.budget = budget;
        this.leads =
                new Leads(() -> new RouteUpkeep(service, routes.get(), loop, means.nanos(), over), means.ownSources());
    }

    ServiceKey service() {
        return service;
    }

    ListenerKey key() {
        return key;
    }

    ListenerCounts counts() {
        return counts;
    }

    Leads leads() {
        return leads;
    }

    /** Takes over a plan for the listener; returns the targets that are no longer in choice. */
    Set<Target> update(Listener listener, ListenerPlan plan) {
        if (!plan.policy().sourceRanges().equals(sourceRanges)) {
            sourceRanges = plan.policy().sourceRanges();
            gate = new SourceGate(sourceRanges);
        }
        EndpointCheck asked = checks.wanted(plan);
        boolean checked = check != null || asked != null;
        check = asked;
        Set<Target> left = leads.update(plan);
        if (checked) {
            checks.follow(listener, asked == null ? Set.of() : asked.targets(plan));
        }
        return left;
    }

    /** The listener lets nobody in any more: its endpoints need not be checked for it. */
    void close(Listener listener) {
        checks.follow(listener, Set.of());
    }

    /** Takes a place for a client, which is to be given back; or counts why it gets none. */
    boolean admits(@Nullable SocketAddress client) {
        if (!gate.admits(client)) {
            counts.refusedSource.increment();
            return false;
        }
        if (!budget.take()) {
            counts.refusedLimit.increment();
            return false;
        }
        return true;
    }

    /** A client has left. */
    void left() {
        budget.release();
    }

    /** A client that was admitted gets no endpoint. */
    void refused(boolean full) {
        (full ? counts.refusedLimit : counts.refusedNoEndpoint).increment();
    }

    void judge(Function<ProbeTarget, Verdict> verdicts) {
        EndpointCheck by = check;
        leads.judge(by == null ? target -> false : by.dead(verdicts));
    }

    /** Clients that have come in and not left. */
    int open() {
        return budget.taken();
    }

    ListenerStatus status(BindOutcome bound) {
        return counts.status(service, key, bound, leads, budget.taken());
    }
}
