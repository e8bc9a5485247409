package dev.weft.proxy.dataplane;

import dev.weft.proxy.selection.Candidate;
import dev.weft.proxy.selection.EndpointSelection;
import dev.weft.proxy.selection.NodeIdentity;
import dev.weft.proxy.selection.Selection;
import dev.weft.proxy.view.Protocol;
import dev.weft.proxy.view.ServiceEntry;
import dev.weft.proxy.view.ServicePicture;
import dev.weft.proxy.view.ServicePort;
import dev.weft.proxy.view.TrafficPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One listener that a service wants on this node, and where it leads.
 *
 * @param algorithm as asked for by the service; null for the default
 */
public record ListenerPlan(
        ListenerKey key,
        List<Candidate> candidates,
        @Nullable String algorithm,
        @Nullable Duration affinityTimeout) {

    public ListenerPlan {
        candidates = List.copyOf(candidates);
    }

    /** All listeners of a service; pure. A headless service has none; only TCP is relayed so far. */
    public static List<ListenerPlan> of(ServicePicture picture, NodeIdentity node, List<String> nodeAddresses) {
        ServiceEntry entry = picture.entry();
        List<ListenerPlan> plans = new ArrayList<>();
        if (entry == null) {
            return plans;
        }
        for (ServicePort port : entry.ports()) {
            if (port.protocol() != Protocol.TCP) {
                continue;
            }
            entry.virtualAddresses()
                    .forEach(address ->
                            plans.add(plan(picture, entry, port, address, port.port(), entry.internalPolicy(), node)));
            entry.externalAddresses()
                    .forEach(address ->
                            plans.add(plan(picture, entry, port, address, port.port(), entry.externalPolicy(), node)));
            if (port.nodePort() > 0 && !entry.virtualAddresses().isEmpty()) {
                nodeAddresses.forEach(address ->
                        plans.add(plan(picture, entry, port, address, port.nodePort(), entry.externalPolicy(), node)));
            }
        }
        return plans;
    }

    private static ListenerPlan plan(
            ServicePicture picture,
            ServiceEntry entry,
            ServicePort port,
            String address,
            int listenPort,
            TrafficPolicy policy,
            NodeIdentity node) {
        Selection selection = EndpointSelection.select(picture, port, address.indexOf(':') >= 0, node);
        return new ListenerPlan(
                new ListenerKey(address, listenPort, port.protocol()),
                selection.forPolicy(policy),
                entry.algorithm(),
                entry.affinityTimeout());
    }
}
