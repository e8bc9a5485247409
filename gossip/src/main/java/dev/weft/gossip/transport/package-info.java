/**
 * Frames between processes: over gRPC, and over an in-memory twin with delay, loss, duplication and one-way cuts.
 *
 * <p>Who may call: {@code spread} through {@link dev.weft.gossip.transport.Peers}; the wiring and tests make one.
 *
 * <p>What it owns: the listener and the links. A link is one bidirectional stream that either side may have dialled;
 * both sides may say anything on it, so a cluster that can only dial out takes part like any other.
 *
 * <p>What must hold: no call blocks; what waits to be sent is bounded in bytes, and what was received and not yet
 * processed in frames; a frame beyond the bounds ends the link and nothing else; a link that was connected is reported as
 * disconnected once, however it ends.
 */
@NullMarked
package dev.weft.gossip.transport;

import org.jspecify.annotations.NullMarked;
