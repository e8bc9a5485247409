package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.Traffic;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where one listener leads: one way for all clients, or another one for those of this host and its Pods (rule KP-1). For
 * any thread; updates come one at a time.
 */
final class Leads {
    private final Supplier<RouteUpkeep> fresh;
    private final OwnSources ownSources;
    private final RouteUpkeep common;
    private volatile @Nullable RouteUpkeep own;
    /** Kept over times in which all clients are led alike, with what runs out on it. */
    private volatile @Nullable RouteUpkeep ownKept;

    Leads(Supplier<RouteUpkeep> fresh, OwnSources ownSources) {
        this.fresh = fresh;
        this.ownSources = ownSources;
        this.common = fresh.get();
    }

    /** Takes over a plan; returns the targets that are no longer in choice. */
    Set<Target> update(ListenerPlan plan) {
        Set<Target> left = new HashSet<>(common.update(plan));
        ListenerPlan ownPlan = plan.own();
        RouteUpkeep kept = ownKept;
        if (ownPlan != null) {
            kept = kept == null ? fresh.get() : kept;
            ownKept = kept;
            left.addAll(kept.update(ownPlan));
            own = kept;
        } else if (kept != null) {
            own = null;
            left.addAll(kept.update(new ListenerPlan(plan.key(), List.of(), plan.algorithm(), plan.affinityTimeout())));
        }
        return left;
    }

    /** @param at where the client came in; hardly ever asked */
    RouteUpkeep of(@Nullable SocketAddress client, Supplier<@Nullable SocketAddress> at) {
        RouteUpkeep other = own;
        return other != null && ownSources.contain(client, at.get()) ? other : common;
    }

    /** Of those that left, the ones that are still not in choice. */
    Set<Target> stillGone(Set<Target> left) {
        Set<Target> gone = common.route().stillGone(List.copyOf(left));
        RouteUpkeep other = own;
        return other == null ? gone : other.route().stillGone(List.copyOf(gone));
    }

    /** What fails the test is out of choice, the rest may be in it. */
    void judge(Predicate<Target> dead) {
        common.judge(dead);
        RouteUpkeep other = own;
        if (other != null) {
            other.judge(dead);
        }
    }

    /**
     * Who has whom by session affinity, of so many clients at most.
     *
     * @param ofOwn of the way for this host's own clients; of the common one otherwise
     */
    List<AffinityMemory.Client> clients(boolean ofOwn, int most) {
        RouteUpkeep way = ofOwn ? own : common;
        return way == null ? List.of() : way.clients(most);
    }

    /** Clients of one of the ways have these endpoints from now on, as far as there are such. */
    void recall(boolean ofOwn, List<AffinityMemory.Client> clients) {
        RouteUpkeep way = ofOwn ? own : common;
        if (way != null) {
            way.recall(clients);
        }
    }

    String algorithmLabel() {
        return common.route().algorithmLabel();
    }

    /** What was moved either way, by endpoints that are gone too. */
    Traffic traffic() {
        Traffic moved = common.route().traffic();
        RouteUpkeep other = ownKept;
        return other == null ? moved : moved.and(other.route().traffic());
    }

    /** Each endpoint once, whichever way it is reached. */
    List<ListenerStatus.EndpointStatus> endpoints() {
        RouteUpkeep other = own;
        if (other == null) {
            return common.route().endpoints();
        }
        Map<String, ListenerStatus.EndpointStatus> merged = new LinkedHashMap<>();
        List<ListenerStatus.EndpointStatus> all = new ArrayList<>(common.route().endpoints());
        all.addAll(other.route().endpoints());
        all.forEach(
                each -> merged.merge(each.cluster() + "@" + each.address(), each, ListenerStatus.EndpointStatus::and));
        return List.copyOf(merged.values());
    }
}
