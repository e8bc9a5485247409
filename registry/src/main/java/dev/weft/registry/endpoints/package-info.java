/**
 * Services and Pods to EndpointSlices and Endpoints.
 *
 * <p>Who may call: the shard, which runs {@link dev.weft.registry.endpoints.EndpointsDerivation} inside its step; the
 * federation, which reads and writes slices with the same values.
 *
 * <p>What it owns: the EndpointSlices that it manages (recognised by their {@code managed-by} label) and the Endpoints of
 * Services with a selector. Slices of other managers and Endpoints of Services without a selector are never written.
 *
 * <p>What must hold: after every step the slices say what the Services and Pods of the step say; at most 100 endpoints
 * a slice; a change of one endpoint rewrites one slice; the cost of a Pod's change does not grow with the number of
 * Services or Pods. An endpoint's zone comes from its Pod ({@code topology.kubernetes.io/zone} as label or annotation)
 * or else from the lookup by node name that was handed in, since Nodes live in another shard. So do the shares of the zones
 * in all CPUs, to which the zone hints of the topology mode {@code Auto} are proportional; there the endpoints of a Service
 * depend on each other, and it is looked at as a whole with each of its Pods.
 *
 * <p>Source: the rules EPS-1 to EPS-9; KEP-752 (EndpointSlices), KEP-1672 (terminating endpoints), KEP-2433 (topology
 * aware hints), KEP-3015 and KEP-4444 (traffic distribution).
 */
@NullMarked
package dev.weft.registry.endpoints;

import org.jspecify.annotations.NullMarked;
