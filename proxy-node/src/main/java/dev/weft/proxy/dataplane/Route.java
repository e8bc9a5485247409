package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.Balancer;
import dev.weft.proxy.balance.SessionAffinity;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.TargetPool;
import dev.weft.proxy.balance.TargetSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where one listener leads: the balancer in use, and the endpoints that drain. Event loops read the current balancer
 * through a volatile field; {@link #update} is called by one thread at a time.
 */
final class Route {
    private final BalanceSettings settings;
    private final RandomGenerator random;
    private final TargetPool pool;
    private final int maxByEndpoint;
    /** Out of choice, perhaps with connections still. */
    private final Set<Target> leaving = ConcurrentHashMap.newKeySet();

    private Algorithm algorithm;
    private @Nullable Duration affinity;
    private volatile Balancer balancer;

    /** @param maxByEndpoint connections that an endpoint may have open; exact but for picks made at the same instant */
    Route(BalanceSettings settings, int maxByEndpoint, RandomGenerator random) {
        this.settings = settings;
        this.maxByEndpoint = maxByEndpoint;
        this.random = random;
        this.pool = new TargetPool(settings);
        this.algorithm = settings.defaultAlgorithm();
        this.balancer = algorithm.balancer(settings, random.nextLong());
    }

    /** Takes over a plan; returns the targets that are no longer in choice. */
    List<Target> update(ListenerPlan plan) {
        TargetSet before = balancer.targets();
        TargetSet targets = pool.update(plan.candidates());
        Algorithm wanted = Algorithm.named(plan.algorithm() == null ? "" : plan.algorithm())
                .orElse(settings.defaultAlgorithm());
        Duration timeout = plan.affinityTimeout();
        if (wanted == algorithm && Objects.equals(timeout, affinity)) {
            balancer = balancer.over(targets);
        } else {
            Balancer plain = wanted.balancer(settings, random.nextLong()).over(targets);
            if (timeout == null) {
                balancer = plain;
            } else if (balancer instanceof SessionAffinity kept) {
                balancer = kept.around(plain, timeout);
            } else {
                balancer = new SessionAffinity(plain, timeout, settings.affinityClients());
            }
            algorithm = wanted;
            affinity = timeout;
        }
        List<Target> left = before.asList().stream()
                .filter(target -> !targets.contains(target))
                .toList();
        leaving.addAll(left);
        leaving.removeIf(target -> targets.contains(target) || (target.open() == 0 && !left.contains(target)));
        return left;
    }

    Balancer balancer() {
        return balancer;
    }

    String algorithmLabel() {
        return algorithm.label() + (affinity == null ? "" : " + session-affinity");
    }

    boolean hasTargets() {
        return balancer.targets().size() > 0;
    }

    /**
     * A target for a connection that has room for it; for a retry one that has not been tried.
     *
     * @return null when there is none
     */
    @Nullable
    Target pick(long clientKey, long nowNanos, List<Target> tried) {
        Balancer current = balancer;
        Target picked = current.pick(clientKey, nowNanos);
        if (picked == null || takes(picked, tried)) {
            return picked;
        }
        TargetSet targets = current.targets();
        int start = Math.max(0, targets.asList().indexOf(picked));
        for (int step = 1; step < targets.size(); step++) {
            Target other = targets.get((start + step) % targets.size());
            if (takes(other, tried)) {
                return other;
            }
        }
        return null;
    }

    /** Of those that left, the ones that are still not in choice. */
    Set<Target> stillGone(List<Target> left) {
        Set<Target> gone = new HashSet<>(left);
        TargetSet current = balancer.targets();
        gone.removeIf(current::contains);
        return gone;
    }

    List<ListenerStatus.EndpointStatus> endpoints() {
        TargetSet current = balancer.targets();
        List<ListenerStatus.EndpointStatus> endpoints = new ArrayList<>();
        current.asList().forEach(target -> endpoints.add(status(target, false)));
        leaving.stream()
                .filter(target -> target.open() > 0 && !current.contains(target))
                .forEach(target -> endpoints.add(status(target, true)));
        return endpoints;
    }

    private boolean takes(Target target, List<Target> tried) {
        return target.open() < maxByEndpoint && !tried.contains(target);
    }

    private static ListenerStatus.EndpointStatus status(Target target, boolean draining) {
        String host = target.address().getAddress().getHostAddress();
        String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                + target.address().getPort();
        return new ListenerStatus.EndpointStatus(
                authority,
                target.cluster(),
                target.weight(),
                target.picks(),
                target.open(),
                target.failures(),
                draining);
    }
}
