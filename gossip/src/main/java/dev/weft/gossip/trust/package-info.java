/**
 * Identities, tokens, signatures: who may say what, and how that is proven.
 *
 * <p>Who may call: {@code wire}, {@code transport}, {@code spread} and the wiring. Pure but for
 * {@link dev.weft.gossip.trust.IdentityDirectory}, which reads and writes files; {@link dev.weft.gossip.trust.Roll} and
 * {@link dev.weft.gossip.trust.Invitations} belong to one owner.
 *
 * <p>What it owns: the one Ed25519 key of a cluster, which signs three things, told apart by the words they begin with:
 * seals of records, statements on members, and, as the key of the cluster's own certificate authority, the short-lived
 * certificates of its links. So one key of 32 bytes is all that others need to know of a cluster.
 *
 * <p>How records are signed: not one by one. A cluster <em>seals</em> the state of each of its origins: 64 bytes over how
 * far it reaches and the Merkle root of its live records. A receiver applies what it was told to what it holds, computes
 * the root, and takes all or nothing. One signature for each frame and origin, however many records it has; and beyond a
 * signature on each record it shows what was left out: one who passes records on can hold back the newest words of an
 * origin, but neither change nor withdraw nor skip one.
 *
 * <p>What must hold: a name belongs to one key at a time; an expelled key never comes back; of statements and expulsions
 * the same end state follows in whatever order they are heard, as far as members agree who is alive.
 *
 * <p>Known limits: any member may invite and expel, so an honest roll needs honest members; a name whose cluster is
 * unreachable can be given to a new key by an invitation (that is how a lost disk comes back); heartbeats are not signed one
 * by one, so a member can make a silent cluster look alive, though not change what it said.
 *
 * <p>Source: RFC 8032 (Ed25519), RFC 5280 and 8410 (certificates), SPIFFE ID and X.509-SVID; Merkle, "A Digital Signature
 * Based on a Conventional Encryption Function" (1987).
 */
@NullMarked
package dev.weft.gossip.trust;

import org.jspecify.annotations.NullMarked;
