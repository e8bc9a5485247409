/**
 * The composition of a control-plane node and of a proxy-node: which parts there are and how they hang together.
 *
 * <p>Who may call: the front door; and the rehearsal, which starts one to learn what a start needs.
 *
 * <p>What it owns: the actor system, the data directory with its lock, the order of start and of stop.
 *
 * <p>What must hold: whatever is wrong with the request is said in one sentence before anything is started; what was
 * started is stopped in the order Node, API, proxy, registry, gossip, journal, also when the start fails half-way.
 */
@NullMarked
package dev.weft.deploy.server;

import org.jspecify.annotations.NullMarked;
