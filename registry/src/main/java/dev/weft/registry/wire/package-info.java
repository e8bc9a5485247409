/**
 * Serializers for what leaves the process: to disk, or to another process of the same cluster.
 *
 * <p>Who may call: Akka, through configuration; the journal. The only room that sees generated Protobuf classes.
 *
 * <p>What must hold: what one release writes the next one reads; field numbers and manifests are append-only.
 */
@NullMarked
package dev.weft.registry.wire;

import org.jspecify.annotations.NullMarked;
