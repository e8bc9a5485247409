/**
 * Addresses and ports, given out once.
 *
 * <p>Who may call: the shard that owns the pools, and the front door, which claims what a Service needs.
 *
 * <p>What must hold: no two owners hold the same address or port at the same time, whatever crashes between claim and
 * use; what has no owner is freed.
 *
 * <p>Source: KEP-3070 and KEP-3668 (static and dynamic bands), KEP-1880 (IPAddress objects).
 */
@NullMarked
package dev.weft.registry.allocation;

import org.jspecify.annotations.NullMarked;
