package dev.weft.registry.endpoints;

import dev.weft.registry.endpoints.ServiceRecord.Hints;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** What one Pod contributes to one Service that selects it (rules EPS-1, EPS-3, EPS-6, EPS-8). Pure. */
final class PodEndpoints {
    private PodEndpoints() {}

    /** One endpoint and the slices it may stand in: those of its family whose ports are its own. */
    record Placed(String family, List<EndpointPort> ports, SliceEndpoint endpoint) {}

    /**
     * One endpoint for each family in which the Pod has an address; none for a Pod that will never run again. Without hints
     * where these depend on the other Pods too ({@link Hints#AUTO}).
     *
     * @param zoneOf the zone of a node by its name; empty where that is not known
     */
    static List<Placed> of(ServiceRecord service, PodRecord pod, UnaryOperator<String> zoneOf) {
        List<Placed> placed = new ArrayList<>(service.families().size());
        if (pod.finished()) {
            return placed;
        }
        for (String family : service.families()) {
            String address = pod.address(family);
            if (!address.isEmpty()) {
                placed.add(new Placed(family, ports(service, pod), endpoint(service, pod, address, zoneOf)));
            }
        }
        return placed;
    }

    private static SliceEndpoint endpoint(
            ServiceRecord service, PodRecord pod, String address, UnaryOperator<String> zoneOf) {
        String zone = !pod.zone().isEmpty() || pod.nodeName().isEmpty() ? pod.zone() : zoneOf.apply(pod.nodeName());
        boolean zoneHint = (service.hints() == Hints.ZONE || service.hints() == Hints.NODE) && !zone.isEmpty();
        boolean nodeHint = service.hints() == Hints.NODE && !pod.nodeName().isEmpty();
        return new SliceEndpoint(
                List.of(address),
                service.publishNotReady() || (pod.ready() && !pod.terminating()),
                pod.ready(),
                pod.terminating(),
                hostname(service, pod),
                pod.nodeName(),
                zone,
                new SliceEndpoint.Target("Pod", pod.namespace(), pod.name(), pod.uid()),
                zoneHint ? List.of(zone) : List.of(),
                nodeHint ? List.of(pod.nodeName()) : List.of(),
                pod.weight());
    }

    /** A Pod has a name of its own within the Service whose name it gives as its subdomain. */
    static String hostname(ServiceRecord service, PodRecord pod) {
        return pod.subdomain().equals(service.name()) ? pod.hostname() : "";
    }

    /** A named target that this Pod does not have is left out for this Pod alone. */
    static List<EndpointPort> ports(ServiceRecord service, PodRecord pod) {
        List<EndpointPort> ports = new ArrayList<>(service.ports().size());
        for (ServiceRecord.Port port : service.ports()) {
            int number = port.targetName().isEmpty()
                    ? port.targetNumber()
                    : pod.portNamed(port.targetName(), port.protocol());
            if (number > 0) {
                ports.add(new EndpointPort(port.name(), port.protocol(), number, port.appProtocol()));
            }
        }
        return List.copyOf(ports);
    }
}
