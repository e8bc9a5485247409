/**
 * Chooses an endpoint for a connection.
 *
 * <p>Who may call: {@code dataplane} and the rooms above; picks come from any event loop at once. Owns the counters of
 * each endpoint ({@link Target}), which survive changes of the endpoint set and of the algorithm.
 *
 * <p>What must hold: a pick neither blocks nor allocates; the law of each algorithm stands in its Javadoc and is
 * tested. Sources: Maglev (NSDI 2016), consistent hashing with bounded loads (Mirrokni et al. 2016), power of two
 * choices (Mitzenmacher 1996), peak EWMA (Finagle).
 */
@NullMarked
package dev.weft.proxy.balance;

import org.jspecify.annotations.NullMarked;
