/**
 * Who is told what, when: eager push, repair rounds, byte budgets.
 *
 * <p>Who may call: the front door, through {@link dev.weft.gossip.spread.SpreadActor}. Everything that decides is in
 * plain classes that one owner runs, with time, chance and links handed in, so that the same code runs under the actor
 * and in a simulation with virtual time.
 *
 * <p>What it owns: the replica of all origins, the members, the links, and the order in which followers and the store hear
 * of changes.
 *
 * <p>How it spreads: a new record goes at once to a fanout of peers, who pass on what was new to them. Every round a fanout
 * of peers gets an opening with a root hash; where it differs, both compare how far they are with each origin and the one
 * who is behind asks for what follows, and for as many frames as may be on their way: so the receiver sets the pace, and a
 * link is full whatever its round trip. A record that was pushed and does not follow what is held is asked for at once.
 *
 * <p>How it grows: with few others a process keeps a link with each; with many, with some that it chose by chance
 * ({@link dev.weft.gossip.spread.Neighbours}), so that all links are a random graph. Heartbeats have a budget of bytes on each
 * link ({@link dev.weft.gossip.spread.Tidings}), and where there are many origins, two who differ tell each other only of the
 * parts in which they do ({@link dev.weft.gossip.origin.Outline}). Records are held only of clusters of which a process is known.
 *
 * <p>Processes of one cluster have one key and believe each other as themselves: which clusters are members, and that their
 * own leaves. Where they are, the owner says; links among them are kept however many there are.
 *
 * <p>Who is a member: {@link dev.weft.gossip.spread.RollBook} keeps it, {@link dev.weft.gossip.spread.Admission} decides
 * whose word on it counts and who comes in; {@link dev.weft.gossip.spread.Joining} and
 * {@link dev.weft.gossip.spread.Leaving} are this cluster's own ways in and out. Links go through
 * {@link dev.weft.gossip.spread.Handshake} first, and from then on through {@link dev.weft.gossip.spread.Exchange}.
 *
 * <p>What is told of an origin is taken only whole and under its owner's signature ({@link dev.weft.gossip.trust}); a peer
 * is heard once it has proved to be a member.
 *
 * <p>What must hold: nobody writes an origin that is held here but this process; records of this cluster come only from
 * its own processes; a peer's silence changes a status and no record; followers hear the changes of an origin in its order.
 *
 * <p>Source: Demers et al., "Epidemic algorithms for replicated database maintenance" (1987); Scuttlebutt (2008).
 */
@NullMarked
package dev.weft.gossip.spread;

import org.jspecify.annotations.NullMarked;
