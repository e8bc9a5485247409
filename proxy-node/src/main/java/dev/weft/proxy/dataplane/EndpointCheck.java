package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import dev.weft.proxy.health.HealthCheck;
import dev.weft.proxy.health.ProbeTarget;
import dev.weft.proxy.health.Verdict;
import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.view.Protocol;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a listener has its endpoints checked; pure. Those of a UDP port are checked at the port that the service names, since
 * their own answers nobody who says nothing.
 */
record EndpointCheck(HealthCheck check, Protocol protocol) {
    /** What is to be asked for the endpoints of a plan. */
    Set<ProbeTarget> targets(ListenerPlan plan) {
        Set<ProbeTarget> targets = new HashSet<>();
        plan.candidates().forEach(candidate -> add(targets, candidate));
        ListenerPlan own = plan.own();
        if (own != null) {
            own.candidates().forEach(candidate -> add(targets, candidate));
        }
        return targets;
    }

    /** Whether an endpoint is dead, by what is known of all that was asked. */
    Predicate<Target> dead(Function<ProbeTarget, Verdict> verdicts) {
        return endpoint -> {
            ProbeTarget asked = target(
                    endpoint.address().getAddress().getHostAddress(),
                    endpoint.address().getPort());
            return asked != null && verdicts.apply(asked) == Verdict.UNHEALTHY;
        };
    }

    private void add(Set<ProbeTarget> targets, Candidate candidate) {
        ProbeTarget target = target(candidate.address(), candidate.port());
        if (target != null) {
            targets.add(target);
        }
    }

    private @Nullable ProbeTarget target(String address, int port) {
        if (!check.port().isEmpty()) {
            return new ProbeTarget(address, Integer.parseInt(check.port()), check);
        }
        return protocol == Protocol.UDP ? null : new ProbeTarget(address, port, check);
    }
}
