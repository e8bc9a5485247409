/**
 * Asks endpoints whether they live, and says so: active checks, thresholds, and the conditions of endpoints for which
 * nothing of ours runs on their machine.
 *
 * <p>Who may call: the front door starts {@link dev.weft.proxy.health.HealthActor}; {@code dataplane} uses {@link
 * dev.weft.proxy.health.CheckSchedule} and a {@link dev.weft.proxy.health.Prober} for checks of its own, from each node, for
 * services with the annotation {@code mesh.weft.dev/data-path-check}. Owns the
 * probes' sockets, what is known of each target, and, while it holds the Lease, the {@code ready} condition of the
 * endpoints in hand-written EndpointSlices of Services that have no selector and carry the annotation {@code
 * mesh.weft.dev/health-check}.
 *
 * <p>What must hold: of all proxy-nodes one checks, the holder of the Lease, and stops before another may begin; what is
 * written touches conditions and nothing else, names the version that it was decided from, and gives way to a newer one;
 * an endpoint of which too little is known keeps what its slice says; slices that a controller manages are left alone;
 * where no Service asks for checks there is no Lease and no traffic. Needs the rights to get, list and watch Services and
 * EndpointSlices, to patch EndpointSlices, and to get, create and update Leases in the Lease's namespace.
 *
 * <p>Source of its rules: for annotations the names below {@code mesh.weft.dev}; for thresholds the probes of a kubelet;
 * for the Lease the leader election of Kubernetes' clients: a lease is judged by changes seen on one's own monotonic
 * clock, never by the times written in it.
 */
@NullMarked
package dev.weft.proxy.health;

import org.jspecify.annotations.NullMarked;
