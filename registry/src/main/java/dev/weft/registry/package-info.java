/**
 * What is known: the front door of the registry.
 *
 * <p>Who may call: the API server, the composition root, and (through an adapter) a proxy-node in the same process.
 * Other modules import this package, {@link dev.weft.registry.resource} and {@link dev.weft.registry.watch}, no more.
 *
 * <p>What it owns: every object of the cluster, its versions and history, what derives from it, and what the cluster
 * exports to and imports from others.
 *
 * <p>What must hold: an acknowledged write has been synced to disk; versions only rise; a watch skips nothing; shards go to
 * processes that have come up, as long as there is one.
 *
 * <p>Where it differs from the design contract: a Namespace lives in the shard of what is in it; with the embedded journal
 * one process holds all shards; several share a PostgreSQL database over JDBC, and find each other by a list in it, which
 * also decides who begins the cluster ({@code Gathering}), so that Akka Management's bootstrap only ever joins; {@code wire}
 * stands above the rooms whose messages it translates.
 */
@NullMarked
package dev.weft.registry;

import org.jspecify.annotations.NullMarked;
