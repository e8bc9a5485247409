/**
 * The Protobuf form of what the registry stores and of what its processes say to each other.
 *
 * <p>Who may call: nobody; Akka loads the serializer by its name in {@code reference.conf}. So this room may import the
 * rooms whose messages it writes, and stands above them.
 *
 * <p>What it owns: the generated classes, which no other room sees; the manifests, which name the form and its version.
 *
 * <p>What must hold: what an earlier release wrote is read for ever (stored forms) or for one release (messages).
 */
@NullMarked
package dev.weft.registry.wire;

import org.jspecify.annotations.NullMarked;
