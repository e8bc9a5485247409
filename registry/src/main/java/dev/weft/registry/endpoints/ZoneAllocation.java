package dev.weft.registry.endpoints;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Which zone each endpoint of a Service with the topology mode {@code Auto} is hinted to, for one address family (rule
 * EPS-8, KEP-2433). Each zone is due as large a part of the endpoints as it has of the CPUs, and gets at least so many that
 * none of them carries more than {@value #PERCENT} % above its even part of the load.
 *
 * <p>Hints that are there stay while every zone has its minimum, but an endpoint that was lent to another zone goes home
 * once that has enough without it. Otherwise zones with more than is due to them give to those with less. The outcome
 * depends on nothing but what is handed in, and stays the same when it is handed in as the hints that are there.
 *
 * <p>A value class in all but its work: one instance, one use.
 */
final class ZoneAllocation {
    /** How far above the even load an endpoint may come. */
    private static final int PERCENT = 20;

    private static final double OVERLOAD = 1 + PERCENT / 100.0;

    /** Keeps 5.000000001, which is 5 after rounding errors, from becoming 6. */
    private static final double TINY = 1e-9;

    /**
     * A ready endpoint.
     *
     * @param id tells it apart from the others
     * @param zone where it is; empty if that is not known
     * @param hint the zone that it is hinted to up to now; empty without a hint
     */
    record Candidate(String id, String zone, String hint) {}

    private record Lending(String giver, String receiver) {}

    private static final class Zone {
        final String name;
        final int minimum;
        final double due;
        int count;

        Zone(String name, double share) {
            this.name = name;
            minimum = (int) Math.ceil(share / OVERLOAD - TINY);
            due = Math.max(share, minimum);
        }

        double surplus() {
            return count - due;
        }
    }

    private final List<Candidate> candidates;
    private final Map<String, Zone> zones = new TreeMap<>();
    private final Map<String, Zone> hints = new LinkedHashMap<>();

    private ZoneAllocation(ZoneShares shares, List<Candidate> candidates) {
        this.candidates = candidates;
        double total =
                shares.parts().values().stream().mapToDouble(Long::doubleValue).sum();
        shares.parts().forEach((zone, part) -> zones.put(zone, new Zone(zone, part / total * candidates.size())));
    }

    /**
     * The hint of each endpoint, by its id: of all or of none. None where an endpoint's zone or the shares are not known, where
     * there are fewer endpoints than zones, or too few for every zone's minimum.
     */
    static Map<String, String> of(ZoneShares shares, List<Candidate> ready) {
        if (!shares.known()) {
            return kept(ready);
        }
        if (shares.parts().isEmpty()
                || shares.parts().size() > ready.size()
                || ready.stream().anyMatch(each -> each.zone().isEmpty())) {
            return Map.of();
        }
        List<Candidate> inOrder = new ArrayList<>(ready);
        inOrder.sort(Comparator.comparing(Candidate::id));
        ZoneAllocation allocation = new ZoneAllocation(shares, inOrder);
        int minima = allocation.zones.values().stream()
                .mapToInt(zone -> zone.minimum)
                .sum();
        return minima > ready.size() ? Map.of() : allocation.allocate();
    }

    /** Before the nodes are known, hints are neither begun nor ended; an endpoint that comes gets its own zone. */
    private static Map<String, String> kept(List<Candidate> ready) {
        Map<String, String> kept = new LinkedHashMap<>();
        boolean begun = false;
        for (Candidate each : ready) {
            begun |= !each.hint().isEmpty();
            String zone = each.hint().isEmpty() ? each.zone() : each.hint();
            if (zone.isEmpty()) {
                return Map.of();
            }
            kept.put(each.id(), zone);
        }
        return begun ? kept : Map.of();
    }

    private Map<String, String> allocate() {
        boolean anew = candidates.stream().noneMatch(each -> zones.containsKey(each.hint()));
        begin();
        while (sendHome()) {
            // who came home may let others go
        }
        if (anew || zones.values().stream().anyMatch(zone -> zone.count < zone.minimum)) {
            lend(plan());
        }
        Map<String, String> names = new LinkedHashMap<>();
        hints.forEach((id, zone) -> names.put(id, zone.name));
        return names;
    }

    /** Hints as they are, else to the own zone, else (its nodes are gone) where most are lacking. */
    private void begin() {
        List<Candidate> homeless = new ArrayList<>();
        for (Candidate each : candidates) {
            Zone zone = zones.getOrDefault(each.hint(), zones.get(each.zone()));
            if (zone == null) {
                homeless.add(each);
            } else {
                hint(each, zone);
            }
        }
        for (Candidate each : homeless) {
            Zone neediest = most(zone -> -zone.surplus(), zone -> true);
            if (neediest != null) {
                hint(each, neediest);
            }
        }
    }

    private void hint(Candidate each, Zone zone) {
        Zone before = hints.put(each.id(), zone);
        if (before != null) {
            before.count--;
        }
        zone.count++;
    }

    private boolean sendHome() {
        boolean moved = false;
        for (Candidate each : candidates) {
            Zone home = zones.get(each.zone());
            Zone lent = hints.get(each.id());
            if (home != null && lent != null && lent != home && lent.surplus() >= 1 - TINY) {
                hint(each, home);
                moved = true;
            }
        }
        return moved;
    }

    /**
     * How many each zone gives to which. First as Kubernetes does: as long as one side has a whole endpoint too many or
     * too few and the other at least half of one. Then until no zone is below its minimum, which that alone does not promise.
     */
    private Map<Lending, Integer> plan() {
        Map<Lending, Integer> plan = new LinkedHashMap<>();
        Map<String, Integer> before = new TreeMap<>();
        zones.values().forEach(zone -> before.put(zone.name, zone.count));
        while (planEven(plan) || planMinimum(plan)) {
            // each turn moves one endpoint
        }
        before.forEach((name, count) -> {
            Zone zone = zones.get(name);
            if (zone != null) {
                zone.count = count; // counted again as the endpoints move
            }
        });
        return plan;
    }

    private boolean planEven(Map<Lending, Integer> plan) {
        Zone giver = most(Zone::surplus, zone -> true);
        Zone receiver = most(zone -> -zone.surplus(), zone -> true);
        if (giver == null || receiver == null) {
            return false;
        }
        double less = Math.min(giver.surplus(), -receiver.surplus());
        double more = Math.max(giver.surplus(), -receiver.surplus());
        return less >= 0.5 && more >= 1 && planOne(plan, giver, receiver);
    }

    private boolean planMinimum(Map<Lending, Integer> plan) {
        Zone giver = most(Zone::surplus, zone -> zone.count > zone.minimum);
        Zone receiver = most(zone -> zone.minimum - zone.count, zone -> zone.count < zone.minimum);
        return giver != null && receiver != null && planOne(plan, giver, receiver);
    }

    private static boolean planOne(Map<Lending, Integer> plan, Zone giver, Zone receiver) {
        giver.count--;
        receiver.count++;
        plan.merge(new Lending(giver.name, receiver.name), 1, Integer::sum);
        return true;
    }

    /** Of the zones that may be, the one with the most; the first by name among equals. */
    private @Nullable Zone most(ToDoubleFunction<Zone> amount, Predicate<Zone> may) {
        Zone most = null;
        for (Zone zone : zones.values()) {
            if (may.test(zone) && (most == null || amount.applyAsDouble(zone) > amount.applyAsDouble(most))) {
                most = zone;
            }
        }
        return most;
    }

    /** Those that come home so go first, then those that are away already: as many as possible stay in their own zone. */
    private void lend(Map<Lending, Integer> plan) {
        plan.forEach((lending, number) -> {
            int left = lend(lending, number, each -> each.zone().equals(lending.receiver()));
            left = lend(lending, left, each -> !each.zone().equals(lending.giver()));
            lend(lending, left, each -> true);
        });
    }

    private int lend(Lending lending, int number, Predicate<Candidate> whom) {
        int left = number;
        Zone receiver = zones.get(lending.receiver());
        for (Candidate each : candidates) {
            Zone present = hints.get(each.id());
            if (left > 0
                    && receiver != null
                    && present != null
                    && present.name.equals(lending.giver())
                    && whom.test(each)) {
                hint(each, receiver);
                left--;
            }
        }
        return left;
    }
}
