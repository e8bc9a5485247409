package dev.weft.proxy.dataplane;

import dev.weft.proxy.balance.Target;
import dev.weft.proxy.balance.Traffic;
import dev.weft.proxy.view.ServiceKey;
import java.util.List;
import java.util.Map;

/**
 * A snapshot of one listener.
 *
 * @param reason what to do about a bind that failed; empty when all is well
 * @param refusedNoEndpoint connections reset, or datagrams dropped, because no endpoint was in choice or none could be connected to
 * @param refusedLimit connections reset, or datagrams dropped, because a connection limit was reached
 * @param accepted connections, or sessions of UDP, that clients began
 * @param retries further endpoints tried for connections
 * @param lost datagrams that could not be passed on
 * @param traffic what it moved, to and from endpoints that are gone too
 * @param connectTimes how long connecting to endpoints took, by their cluster; empty for this one
 * @param refusedSource connections reset, or datagrams dropped, because they came from where the service may not be reached from
 * @param closedIdle connections closed because nothing came on them for the idle timeout
 */
public record ListenerStatus(
        ServiceKey service,
        ListenerKey key,
        BindState state,
        String reason,
        String algorithm,
        long accepted,
        int open,
        long refusedNoEndpoint,
        long refusedLimit,
        long closedIdle,
        long refusedSource,
        long retries,
        long lost,
        Traffic traffic,
        Map<String, ConnectTimes> connectTimes,
        List<EndpointStatus> endpoints) {

    public ListenerStatus {
        connectTimes = Map.copyOf(connectTimes);
        endpoints = List.copyOf(endpoints);
    }

    /** The same of a listener that is only open still for who comes to it by mistake. */
    ListenerStatus closed() {
        return new ListenerStatus(
                service,
                key,
                BindState.CLOSED,
                reason,
                algorithm,
                accepted,
                open,
                refusedNoEndpoint,
                refusedLimit,
                closedIdle,
                refusedSource,
                retries,
                lost,
                traffic,
                connectTimes,
                endpoints);
    }

    /**
     * A snapshot of one endpoint behind a listener.
     *
     * @param cluster empty for this cluster
     * @param failures connections that it refused, did not take in time, or reset before its first byte
     * @param ejections how often it was put out of choice for such failures
     * @param ejected whether it is out of choice now, for them or for checks that it failed
     * @param bytesTo from clients to it
     * @param draining no longer in choice; its open connections run out
     */
    public record EndpointStatus(
            String address,
            String cluster,
            int weight,
            long picks,
            int open,
            long failures,
            long ejections,
            boolean ejected,
            long bytesTo,
            long bytesFrom,
            boolean draining) {
        static EndpointStatus of(Target target, boolean draining) {
            String host = target.address().getAddress().getHostAddress();
            String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":"
                    + target.address().getPort();
            return new EndpointStatus(
                    authority,
                    target.cluster(),
                    target.weight(),
                    target.picks(),
                    target.open(),
                    target.failures(),
                    target.ejections(),
                    !target.usable(),
                    target.bytesTo(),
                    target.bytesFrom(),
                    draining);
        }

        /** The same endpoint, as two ways lead to it. */
        EndpointStatus and(EndpointStatus other) {
            return new EndpointStatus(
                    address,
                    cluster,
                    weight,
                    picks + other.picks,
                    open + other.open,
                    failures + other.failures,
                    ejections + other.ejections,
                    ejected || other.ejected,
                    bytesTo + other.bytesTo,
                    bytesFrom + other.bytesFrom,
                    draining && other.draining);
        }
    }
}
