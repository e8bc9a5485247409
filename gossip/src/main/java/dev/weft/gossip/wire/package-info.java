/**
 * What goes over a link and into the store, as bytes: Protobuf, seen by no other room.
 *
 * <p>Who may call: {@code transport}, {@code spread} and the wiring. Pure.
 *
 * <p>What must hold: whatever the bytes are, reading them never throws and never takes more memory than a small multiple of
 * their length; what is understood has passed the bounds and is valid in the words of the domain. Field numbers are
 * append-only; a change of meaning raises the version in {@link dev.weft.gossip.wire.Frame.Hello}.
 */
@NullMarked
package dev.weft.gossip.wire;

import org.jspecify.annotations.NullMarked;
