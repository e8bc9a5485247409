/**
 * Exports out, imports in, by the Multi-Cluster Services rules.
 *
 * <p>Who may call: the wiring, which gives every shard a {@link dev.weft.registry.federation.FederationActor} as its
 * companion.
 *
 * <p>What it owns: the records that this cluster publishes, and all ServiceImports and the EndpointSlices of other
 * clusters (recognised by their {@code managed-by} label). It never writes a Service or a slice of a Service.
 *
 * <p>What must hold: every cluster comes to the same answer from the same records, in whatever order they came; a change
 * of one endpoint touches one record and rewrites one slice; what another cluster exported goes only by its word or
 * when gossip gives its origin up or calls it withdrawn after a long silence, never because it cannot be reached (until
 * then it is marked as stale and ranks behind others); the addresses of a ServiceImport stay for its life.
 *
 * <p>Layout: endpoints are dealt out by the bits of a hash of their address, a bucket being split in two when it is
 * full, so that who stands where depends on the endpoints alone and not on history.
 *
 * <p>Source: KEP-1645 and mcs-api v1beta1, the rules MCS-1 to MCS-19.
 */
@NullMarked
package dev.weft.registry.federation;

import org.jspecify.annotations.NullMarked;
