/**
 * The group {@code mesh.weft.dev}: what is not stored but worked out when somebody asks, shown as objects like any other: the
 * clusters of the federation, and what they export.
 *
 * <p>Who may call: {@code api.rest}.
 *
 * <p>What it owns: the versions of these objects and a short history of their changes, in memory, one for each API node.
 *
 * <p>What must hold: an object's version changes when and only when something of weight does, not with every measured round
 * trip; a watch misses nothing: who comes from a version that this node did not give out, or gave out too long ago, is told
 * that it has expired; nothing is asked of the federation while nobody looks.
 *
 * <p>Source: Kubernetes API concepts, "Efficient detection of changes"; KEP-1645 for who decides in conflicts.
 */
@NullMarked
package dev.weft.api.mesh;

import org.jspecify.annotations.NullMarked;
