package dev.weft.proxy.explanation;

import dev.weft.proxy.balance.Algorithm;
import dev.weft.proxy.balance.BalanceSettings;
import dev.weft.proxy.dns.NameVerdict;
import dev.weft.proxy.explanation.Portions.Portion;
import dev.weft.proxy.explanation.Portions.Wishes;
import dev.weft.proxy.explanation.ServiceExplanation.Endpoint;
import dev.weft.proxy.explanation.ServiceExplanation.Route;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.Choice;
import dev.weft.proxy.selection.EndpointSelection;
import dev.weft.proxy.selection.Judgement;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.Reason;
import dev.weft.proxy.selection.Sighting;
import dev.weft.proxy.selection.Topology;
import dev.weft.proxy.selection.TrafficRules;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.Slice;
import dev.weft.proxy.view.SliceEndpoint;
import dev.weft.proxy.view.TrafficPolicy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where connections to one service go: its endpoints, each with the reason and the share. Pure. */
final class Routes {
    private final ServicePicture picture;
    private final NodeIdentity node;
    private final Federation federation;
    private final BalanceSettings balance;
    private final TrafficRules rules;
    private final Set<ServiceExplanation.Port> relayed;

    /** @param relayed the ports for which a proxy-node listens at some address */
    Routes(
            ServicePicture picture,
            NodeIdentity node,
            Federation federation,
            BalanceSettings balance,
            TrafficRules rules,
            Set<ServiceExplanation.Port> relayed) {
        this.picture = picture;
        this.node = node;
        this.federation = federation;
        this.balance = balance;
        this.rules = rules;
        this.relayed = relayed;
    }

    List<Route> of(ServiceEntry entry, Algorithm algorithm, List<NameVerdict> verdicts, boolean imported) {
        List<Endpoint> outside = imported ? federation.notTakenIn(clusters()) : List.of();
        if (entry.externalName() != null) {
            return List.of();
        }
        if (entry.headless()) {
            return List.of(byName(verdicts, outside));
        }
        List<Route> routes = new ArrayList<>();
        for (ServicePort port : entry.ports()) {
            boolean first = true;
            for (boolean ipv6 : families(entry)) {
                Judgement judgement = EndpointSelection.judge(picture, port, ipv6, node);
                List<Endpoint> further = first ? with(outside, otherFamilies(entry)) : List.of();
                for (Traffic traffic : traffic(entry)) {
                    Wishes wishes = Wishes.of(entry, algorithm, traffic.policy(), rules, federation::distance);
                    routes.add(route(port, ipv6, judgement, traffic, wishes, further));
                }
                first = false;
            }
        }
        return routes;
    }

    private record Traffic(String name, TrafficPolicy policy) {}

    private static List<Traffic> traffic(ServiceEntry entry) {
        if (!entry.externallyAccessible()) {
            return List.of(new Traffic("inside", entry.internalPolicy()));
        }
        return entry.internalPolicy() == entry.externalPolicy()
                ? List.of(new Traffic("all", entry.internalPolicy()))
                : List.of(
                        new Traffic("inside", entry.internalPolicy()), new Traffic("outside", entry.externalPolicy()));
    }

    /** Those of its addresses; of its endpoints while it has none. */
    private List<Boolean> families(ServiceEntry entry) {
        Set<Boolean> families = new TreeSet<>();
        entry.virtualAddresses().forEach(address -> families.add(address.indexOf(':') >= 0));
        entry.externalAddresses().forEach(address -> families.add(address.indexOf(':') >= 0));
        if (families.isEmpty()) {
            picture.slices().values().forEach(slice -> families.add(slice.ipv6()));
        }
        return families.isEmpty()
                ? List.of(false)
                : List.copyOf(families).stream().sorted().toList();
    }

    private Set<String> clusters() {
        return picture.slices().values().stream()
                .map(slice -> federation.nameOf(slice.cluster()))
                .collect(Collectors.toSet());
    }

    private Route route(
            ServicePort port,
            boolean ipv6,
            Judgement judgement,
            Traffic traffic,
            Wishes wishes,
            List<Endpoint> further) {
        Choice choice = judgement.forPolicy(traffic.policy());
        List<Candidate> chosen = choice == null ? List.of() : choice.chosen();
        Portions portions = choice == null ? null : new Portions(choice, picture, port, ipv6, node, balance, wishes);
        boolean cordonedUsed = portions != null && portions.cordonedUsed();
        List<Endpoint> endpoints = new ArrayList<>();
        for (Sighting seen : judgement.seen()) {
            endpoints.add(endpoint(seen, choice, portions == null ? null : portions.of(seen.candidate())));
        }
        judgement
                .superseded()
                .forEach(seen -> endpoints.add(endpoint(
                        seen.candidate().authority(),
                        seen.slice(),
                        seen.endpoint(),
                        Reason.SUPERSEDED,
                        Reason.SUPERSEDED.sentence(),
                        null)));
        judgement.otherPorts().forEach(slice -> endpoints.addAll(all(slice, Reason.OTHER_PORT)));
        endpoints.sort(Comparator.comparing((Endpoint one) -> !one.inChoice()));
        return new Route(
                ServiceStory.told(port),
                ipv6 ? "IPv6" : "IPv4",
                traffic.name(),
                traffic.policy() == TrafficPolicy.LOCAL ? "Local" : "Cluster",
                choice == null ? "no rule: nobody asks" : decidedBy(traffic.policy(), choice, cordonedUsed),
                choice != null && !chosen.isEmpty() && (choice.lastResort() || choice.staleUsed() || cordonedUsed),
                outcome(port, chosen),
                portions == null ? "" : portions.sharesAre(),
                with(endpoints, further));
    }

    private Endpoint endpoint(Sighting seen, @Nullable Choice choice, @Nullable Portion portion) {
        Reason judged = choice == null ? Reason.NOT_READY : choice.reasonFor(seen.candidate());
        Reason passedOver = portion == null ? null : portion.reason();
        Reason reason = passedOver == null ? judged : passedOver;
        Endpoint told = endpoint(
                seen.candidate().authority(),
                seen.slice(),
                seen.endpoint(),
                reason,
                sentence(reason, seen.candidate(), choice) + (portion == null ? "" : portion.though()),
                portion == null ? null : portion.percent());
        return portion == null ? told : told.weighing(portion.weight());
    }

    private String outcome(ServicePort port, List<Candidate> chosen) {
        if (!relayed.contains(ServiceStory.told(port))) {
            return "nobody listens";
        }
        return chosen.isEmpty() ? "refused" : "balanced";
    }

    private String decidedBy(TrafficPolicy policy, Choice choice, boolean cordonedUsed) {
        if (choice.chosen().isEmpty()) {
            return policy == TrafficPolicy.LOCAL
                    ? "policy Local: no endpoint on this node is ready or serving, and there is no fallback to others"
                    : "policy Cluster: no endpoint is ready or serving";
        }
        String what = choice.lastResort() ? "fallback: none is ready, so those that terminate but serve are used" : "";
        if (what.isEmpty() && policy == TrafficPolicy.LOCAL) {
            what = "policy Local: the ready endpoints of this node";
        }
        if (what.isEmpty()) {
            what = hints(choice.topology());
        }
        return what
                + (choice.staleUsed() ? "; fallback: stale ones are used, since none is fresher" : "")
                + (cordonedUsed
                        ? "; fallback: those of cordoned clusters are used, since nothing else is in choice"
                        : "");
    }

    private String hints(Topology topology) {
        return switch (topology) {
            case NODE -> "topology hints: the ready endpoints that are hinted for this node";
            case ZONE -> "topology hints: the ready endpoints that are hinted for zone " + node.zone();
            case INCOMPLETE -> "policy Cluster: all ready endpoints (hints do not count, since one has none)";
            case ELSEWHERE ->
                "policy Cluster: all ready endpoints (fallback: no hint is for this node"
                        + (node.zone().isEmpty() ? ", and its zone is not known)" : " or zone " + node.zone() + ")");
            default -> "policy Cluster: all ready endpoints";
        };
    }

    private static String sentence(Reason reason, Candidate candidate, @Nullable Choice choice) {
        String detail = switch (reason) {
            case HINT_OTHER_ZONE -> ": " + String.join(", ", new TreeSet<>(candidate.hintZones()));
            case HINT_OTHER_NODE -> ": " + String.join(", ", new TreeSet<>(candidate.hintNodes()));
            case READY -> candidate.stale() && choice != null ? ", though stale: nothing fresher is ready" : "";
            default -> "";
        };
        return reason.sentence() + detail;
    }

    private Route byName(List<NameVerdict> verdicts, List<Endpoint> outside) {
        List<Endpoint> endpoints = new ArrayList<>();
        verdicts.stream()
                .sorted(Comparator.comparing(
                                (NameVerdict verdict) -> !verdict.reason().inChoice())
                        .thenComparing(verdict -> verdict.slice().cluster())
                        .thenComparing(verdict -> verdict.endpoint().address()))
                .forEach(verdict -> endpoints.add(endpoint(
                        verdict.endpoint().address(),
                        verdict.slice(),
                        verdict.endpoint(),
                        verdict.reason(),
                        verdict.reason().inChoice()
                                ? "ready, so DNS names it"
                                : verdict.reason().sentence(),
                        null)));
        boolean named = endpoints.stream().anyMatch(Endpoint::inChoice);
        return new Route(
                null,
                "",
                "dns",
                "",
                named
                        ? "DNS names the ready endpoints, the nearest first"
                        : "no endpoint is ready, so there is no name",
                false,
                named ? "named" : "NXDOMAIN",
                "",
                with(endpoints, outside));
    }

    private List<Endpoint> otherFamilies(ServiceEntry entry) {
        List<Boolean> served = families(entry);
        return picture.slices().values().stream()
                .filter(slice -> !served.contains(slice.ipv6()))
                .flatMap(slice -> all(slice, Reason.OTHER_FAMILY).stream())
                .toList();
    }

    private List<Endpoint> all(Slice slice, Reason reason) {
        return slice.endpoints().stream()
                .map(each -> endpoint(each.address(), slice, each, reason, reason.sentence(), null))
                .toList();
    }

    private Endpoint endpoint(
            String address,
            Slice slice,
            SliceEndpoint endpoint,
            Reason reason,
            String because,
            @Nullable Double sharePercent) {
        String freshness = federation.freshness(slice.cluster());
        return new Endpoint(
                address,
                federation.nameOf(slice.cluster()),
                ServiceStory.orEmpty(endpoint.nodeName()),
                ServiceStory.orEmpty(endpoint.zone()),
                freshness.isEmpty() && slice.stale() ? "Stale" : freshness,
                endpoint.ready(),
                endpoint.serving(),
                endpoint.terminating(),
                endpoint.weight(),
                slice.id(),
                reason.inChoice(),
                reason.name(),
                because,
                sharePercent);
    }

    private static List<Endpoint> with(List<Endpoint> some, List<Endpoint> more) {
        List<Endpoint> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}
