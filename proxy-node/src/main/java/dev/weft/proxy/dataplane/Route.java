package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.balance.Balancer;
import dev.weft.proxy.balance.ClientKey;
import dev.weft.proxy.balance.LocalityBalancer;
import dev.weft.proxy.balance.RoundTrips;
import dev.weft.proxy.balance.SessionAffinity;
import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.TargetPool;
import dev.weft.proxy.balance.TargetSet;
import dev.weft.proxy.balance.TargetTier;
import dev.weft.proxy.balance.Traffic;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.LocalityTier;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where one listener leads: the balancer in use, and the endpoints that drain or are ejected. Event loops read the
 * current balancer through a volatile field; {@link #update} and {@link #reconsider} exclude each other, and no event loop
 * that relays waits for them.
 */
final class Route {
    /** Gone before its address could be asked. */
    private static final ClientKey NOBODY = ClientKey.of(new byte[0]);

    private final BalanceSettings settings;
    private final RandomGenerator random;
    private final TargetPool pool;
    private final int configuredMaxByEndpoint;
    private volatile int maxByEndpoint;
    private final RoundTrips roundTrips;
    private final PickCounts picks;
    private final Object ejecting = new Object();
    /** Out of choice, perhaps with connections still. */
    private final Set<Target> leaving = ConcurrentHashMap.newKeySet();

    private Algorithm algorithm;
    private @Nullable Duration affinity;
    private volatile InUse inUse;

    /**
     * What event loops see, all of one moment.
     *
     * @param all that the plan names
     * @param balancer over those of them that are in choice
     * @param tiered whether near ones are preferred
     * @param panic whether too few would be left without those that are ejected, so that these are used too
     * @param picks counts those of the algorithm
     * @param dueIn after how long it is to be reconsidered, when it was made (nanoseconds); 0 for never
     */
    private record InUse(
            TargetSet all, Balancer balancer, boolean tiered, boolean panic, long dueIn, LongAdder picks) {}

    /** @param maxByEndpoint connections that an endpoint may have open; exact but for picks made at the same instant */
    Route(
            BalanceSettings settings,
            int maxByEndpoint,
            RoundTrips roundTrips,
            PickCounts picks,
            RandomGenerator random) {
        this.settings = settings;
        this.configuredMaxByEndpoint = maxByEndpoint;
        this.maxByEndpoint = maxByEndpoint;
        this.roundTrips = roundTrips;
        this.picks = picks;
        this.random = random;
        this.pool = new TargetPool(settings);
        this.algorithm = settings.defaultAlgorithm();
        Balancer none = algorithm.balancer(settings, random.nextLong());
        this.inUse = new InUse(none.targets(), none, false, false, 0, picks.of(algorithm));
    }

    /** What balancers know a client by. */
    static ClientKey keyOf(@Nullable SocketAddress client) {
        return client instanceof InetSocketAddress remote && !remote.isUnresolved()
                ? ClientKey.of(remote.getAddress().getAddress())
                : NOBODY;
    }

    /** Takes over a plan; returns the targets that are no longer in choice. */
    synchronized List<Target> update(ListenerPlan plan, long nowNanos) {
        int asked = plan.policy().maxByEndpoint();
        maxByEndpoint = asked > 0 ? asked : configuredMaxByEndpoint;
        TargetSet before = inUse.all;
        TargetSet targets = pool.update(plan.candidates());
        if (before.size() > 0) { // what is new together starts evenly anyway
            without(targets, before).forEach(target -> target.startSlowly(nowNanos));
        }
        settle(balancerFor(plan, targets), targets, plan.tiers().size() > 1, nowNanos);
        List<Target> left = without(before, targets);
        leaving.addAll(left);
        if (!leaving.isEmpty()) {
            leaving.removeIf(target -> targets.contains(target) || (target.open() == 0 && !left.contains(target)));
        }
        return left;
    }

    /** Those of the first that are not in the other. */
    private static List<Target> without(TargetSet these, TargetSet those) {
        if (these == those) {
            return List.of();
        }
        List<Target> rest = new ArrayList<>();
        for (Target target : these.asList()) {
            if (!those.contains(target)) {
                rest.add(target);
            }
        }
        return rest;
    }

    /**
     * Puts in choice what may be, and what may not out of it, with the weights of this moment.
     *
     * @return after how long this is to be done again, in nanoseconds; 0 for never
     */
    synchronized long reconsider(long nowNanos) {
        settle(inUse.balancer, inUse.all, inUse.tiered, nowNanos);
        return inUse.dueIn;
    }

    /** Takes what is dead out of choice, and the rest in again. */
    synchronized void judge(Predicate<Target> dead, long nowNanos) {
        boolean news = false;
        for (Target target : inUse.all.asList()) {
            boolean is = dead.test(target);
            news |= is != target.dead();
            target.found(is);
        }
        if (news) {
            settle(inUse.balancer, inUse.all, inUse.tiered, nowNanos);
        }
    }

    /** After how long the last change is to be reconsidered, in nanoseconds; 0 for never. */
    long dueIn() {
        return inUse.dueIn;
    }

    /**
     * A target could not be connected to, or reset a connection before its first byte. Perhaps it is ejected for that: no
     * pick meets it from now on, and {@link #reconsider} is due now.
     *
     * @return for how long it is ejected, in nanoseconds; 0 for not at all
     */
    long failed(Target target, long nowNanos) {
        if (!target.failed()) {
            return 0;
        }
        synchronized (ejecting) { // short: two failures at once must not pass the ceiling together
            TargetSet all = inUse.all;
            int ejected = 0;
            for (int index = 0; index < all.size(); index++) {
                ejected += all.get(index).ejected() ? 1 : 0;
            }
            boolean may = all.contains(target)
                    && !target.ejected()
                    && settings.outlier().mayEject(ejected, all.size());
            return may ? target.eject(nowNanos) : 0;
        }
    }

    Balancer balancer() {
        return inUse.balancer;
    }

    String algorithmLabel() {
        return algorithm.label() + (affinity == null ? "" : " + session-affinity");
    }

    boolean hasTargets() {
        return inUse.all.size() > 0;
    }

    /**
     * A target for a connection that has room for it; for a retry one that has not been tried. Those that are ejected come
     * last of all; in panic the first try takes no notice of that, and every retry does.
     *
     * @return null when there is none
     */
    @Nullable
    Target pick(ClientKey client, long nowNanos, List<Target> tried) {
        InUse current = inUse;
        Target picked = current.balancer.pick(client, nowNanos);
        current.picks.increment();
        boolean anyState = anyState(current, tried);
        if (picked == null || takes(picked, tried, anyState)) {
            return picked;
        }
        Target other = next(current.balancer.targets(), picked, tried, anyState);
        return other != null ? other : next(current.all, picked, tried, true);
    }

    /** As {@link #pick} for the last retry, which goes to another tier than those before where there is one. */
    @Nullable
    Target pickElsewhere(ClientKey client, long nowNanos, List<Target> tried) {
        InUse current = inUse;
        Balancer balancer = current.balancer instanceof SessionAffinity kept ? kept.inner() : current.balancer;
        boolean anyState = anyState(current, tried);
        Target elsewhere = balancer instanceof LocalityBalancer tiered
                ? tiered.elsewhere(client, nowNanos, tried, target -> takes(target, tried, anyState))
                : null;
        if (elsewhere == null) {
            return pick(client, nowNanos, tried);
        }
        current.picks.increment();
        return elsewhere;
    }

    /** Of those that left, the ones that are still not in choice. */
    Set<Target> stillGone(List<Target> left) {
        Set<Target> gone = new HashSet<>(left);
        gone.removeIf(inUse.all::contains);
        return gone;
    }

    /** Who has whom by session affinity, of so many clients at most. */
    List<AffinityMemory.Client> clients(long nowNanos, int most) {
        return AffinityClients.of(inUse.balancer, nowNanos, most);
    }

    /** Clients have these endpoints from now on, as far as there are such and they have come to no other since. */
    void recall(List<AffinityMemory.Client> clients, long nowNanos) {
        InUse current = inUse;
        AffinityClients.recall(current.balancer, current.all, clients, nowNanos);
    }

    /** What it has moved to and from all endpoints that it ever led to. */
    synchronized Traffic traffic() {
        return pool.traffic();
    }

    List<ListenerStatus.EndpointStatus> endpoints() {
        TargetSet all = inUse.all;
        List<ListenerStatus.EndpointStatus> endpoints = new ArrayList<>();
        all.asList().forEach(target -> endpoints.add(ListenerStatus.EndpointStatus.of(target, false)));
        leaving.stream()
                .filter(target -> target.open() > 0 && !all.contains(target))
                .forEach(target -> endpoints.add(ListenerStatus.EndpointStatus.of(target, true)));
        return endpoints;
    }

    private Balancer balancerFor(ListenerPlan plan, TargetSet targets) {
        Algorithm wanted = Algorithm.named(plan.algorithm() == null ? "" : plan.algorithm())
                .orElse(settings.defaultAlgorithm());
        Duration timeout = plan.affinityTimeout();
        boolean tiered = plan.tiers().size() > 1;
        Balancer before = inUse.balancer;
        boolean same = wanted == algorithm && Objects.equals(timeout, affinity);
        if (same && !tiered && !inUse.tiered) {
            return before;
        }
        Balancer known = before instanceof SessionAffinity kept ? kept.inner() : before;
        Balancer plain = tiered
                ? wanted.tiered(
                        settings,
                        random::nextLong,
                        roundTrips,
                        tiers(plan),
                        targets,
                        wanted == algorithm ? known : null)
                : wanted.balancer(settings, random.nextLong());
        algorithm = wanted;
        affinity = timeout;
        if (timeout == null) {
            return plain;
        }
        return before instanceof SessionAffinity kept
                ? kept.around(plain, timeout)
                : new SessionAffinity(plain, timeout, settings.affinityClients());
    }

    private List<TargetTier> tiers(ListenerPlan plan) {
        List<TargetTier> tiers = new ArrayList<>();
        for (LocalityTier tier : plan.tiers()) {
            Set<Target> members = new HashSet<>();
            for (Candidate candidate : tier.candidates()) {
                Target target = pool.find(candidate);
                if (target != null) {
                    members.add(target);
                }
            }
            tiers.add(new TargetTier(tier.rank() + tier.cluster(), tier.cluster(), members, tier.known()));
        }
        return tiers;
    }

    private void settle(Balancer balancer, TargetSet all, boolean tiered, long nowNanos) {
        List<Target> usable = new ArrayList<>(all.size());
        long dueIn = balancer.revisedAfterNanos();
        boolean reweighed = false;
        for (Target target : all.asList()) {
            if (!target.settled()) {
                int share = target.share();
                target.comeBack(nowNanos);
                target.warmUp(nowNanos);
                reweighed |= share != target.share();
                long due = target.dueIn(nowNanos);
                if (due > 0 && (dueIn == 0 || due < dueIn)) {
                    dueIn = due;
                }
            }
            if (target.usable()) {
                usable.add(target);
            }
        }
        boolean panic = settings.outlier().panics(usable.size(), all.size());
        TargetSet choice = panic || usable.size() == all.size() ? all : new TargetSet(usable);
        boolean same = inUse.balancer == balancer
                && inUse.all == all
                && !(reweighed && balancer.laysOutShares())
                && balancer.revisedAfterNanos() == 0
                && balancer.targets().asList().equals(choice.asList());
        inUse = new InUse(all, same ? balancer : balancer.over(choice), tiered, panic, dueIn, picks.of(algorithm));
    }

    /**
     * Whether those that are ejected may be taken as well as the rest. A retry in panic keeps to the rest while there are
     * such: its tries are few, and they must not all go to what is known to be dead.
     */
    private boolean anyState(InUse current, List<Target> tried) {
        return current.panic
                && (tried.isEmpty() || current.all.asList().stream().noneMatch(target -> takes(target, tried, false)));
    }

    private @Nullable Target next(TargetSet targets, Target after, List<Target> tried, boolean anyState) {
        int start = Math.max(0, targets.indexOf(after));
        for (int step = 0; step < targets.size(); step++) {
            Target other = targets.get((start + step) % targets.size());
            if (takes(other, tried, anyState)) {
                return other;
            }
        }
        return null;
    }

    private boolean takes(Target target, List<Target> tried, boolean anyState) {
        return target.open() < maxByEndpoint && (anyState || target.usable()) && !tried.contains(target);
    }
}
