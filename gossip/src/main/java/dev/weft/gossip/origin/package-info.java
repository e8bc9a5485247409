/**
 * The replicated state: records by origin, digests, deltas, tombstones.
 *
 * <p>Who may call: the rooms above in this module. Pure: no clock, no actor, no input or output; the two classes that
 * change ({@link dev.weft.gossip.origin.OriginState}, {@link dev.weft.gossip.origin.Replica}) belong to one owner at a
 * time.
 *
 * <p>What it owns: for each origin the newest record of every key, and two numbers. <em>Highest</em>: nothing that the
 * origin said up to here can change any more, except by a later record. <em>Horizon</em>: whoever holds less than this
 * cannot be brought up to date by the records that follow (tombstones between are forgotten, or the origin itself lost
 * its last words in a crash) and needs the full state.
 *
 * <p>What must hold: what was merged in any order, any number of times, with any part of it lost and sent again, ends in
 * the same records; a tombstone never comes back to life; a later incarnation of a cluster replaces an earlier one and
 * never mixes with it.
 *
 * <p>Source: van Renesse et al., "Efficient Reconciliation and Flow Control for Anti-Entropy Protocols" (Scuttlebutt,
 * 2008), with deltas in the order "oldest first".
 */
@NullMarked
package dev.weft.gossip.origin;

import org.jspecify.annotations.NullMarked;
