/**
 * Who is in the federation and how sure we are.
 *
 * <p>Who may call: the rooms above in this module. Pure: time is passed in with every call;
 * {@link dev.weft.gossip.member.Membership} belongs to one owner.
 *
 * <p>What it owns: one entry for each process (a cluster may have several), how its heartbeats arrived, and what follows
 * for its cluster. Entries travel from member to member with every exchange, so whoever knows one member learns of all.
 *
 * <p>What must hold: only a process itself raises its heartbeat; of two entries the later life, then the later heartbeat
 * wins, so that merging in any order gives one result; silence never removes anybody before the retention.
 *
 * <p>Source: Hayashibara et al., "The phi accrual failure detector" (2004).
 */
@NullMarked
package dev.weft.gossip.member;

import org.jspecify.annotations.NullMarked;
