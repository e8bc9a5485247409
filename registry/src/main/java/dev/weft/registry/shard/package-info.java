/**
 * The sharded, event-sourced owner of its namespaces: one writer for each object.
 *
 * <p>Who may call: the front door, controllers and federation, through {@link dev.weft.registry.shard.ShardCommand}.
 *
 * <p>What it owns: all objects of the namespaces that hash to it, the {@code Namespace} objects themselves (by name), and
 * the cluster-scoped kinds that hash to it.
 *
 * <p>What must hold: a command becomes validated events, one atomic persist, then an acknowledgement, in that order; what
 * derives from a write is in the same batch; versions rise, also over restarts and clock steps.
 */
@NullMarked
package dev.weft.registry.shard;

import org.jspecify.annotations.NullMarked;
