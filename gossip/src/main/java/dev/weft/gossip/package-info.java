/**
 * Spreads records between clusters: the front door of the module.
 *
 * <p>Who may call: the registry (publishes what its cluster exports, follows what others export) and the composition
 * root in {@code deploy}. Other modules import only this package and {@link dev.weft.gossip.clock}.
 *
 * <p>What it owns: the replicated state of every origin, the members and the links to them. It knows nothing of
 * Kubernetes: a record is an opaque payload under a key.
 *
 * <p>What must hold: a cluster writes only its own origins; a record that was once seen is forgotten only by its
 * origin's word or by retention; two members with equal digests hold equal records.
 *
 * <p>{@link dev.weft.gossip.GossipNode} is the wiring. A process that stops says so and its cluster's records stay with the
 * others; only a cluster that leaves for good, began a new life, or was silent for longer than the retention is forgotten.
 *
 * <p>Differs from the design contract in one point: the numbers within an origin are hybrid timestamps that rise with
 * gaps, not 1, 2, 3; each record names the number before it, so that a gap is still noticed. This keeps numbering free
 * of a durable counter. A process that cannot know the last number that was sent (it crashed, or another one wrote the
 * origin before) fences: whoever holds less than the fence fetches the full state, so that what was told and then forgotten
 * does not live on elsewhere. Where another still holds a later number, the owner fences again above it.
 */
@NullMarked
package dev.weft.gossip;

import org.jspecify.annotations.NullMarked;
