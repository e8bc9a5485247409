/**
 * The stores. The embedded one: an Akka Persistence journal and snapshot store, and gossip's records, in one RocksDB a
 * process. The shared one: the same journal and snapshots in a PostgreSQL database, through Akka's JDBC plugin, with the
 * identity of the cluster and the lease that decides who goes on when its processes lose sight of each other.
 *
 * <p>Who may call: the front door opens and closes it; Akka Persistence loads the plugins by their names in {@code
 * reference.conf}.
 *
 * <p>What it owns: the data directory, and the one thread that writes to it. Writes of all shards that wait while a sync
 * is under way share the next one (group commit).
 *
 * <p>What must hold: a journal write is answered after it was synced; a batch is stored whole or not at all; a torn last
 * record (power loss) is repaired at opening; anything else that is damaged is reported with its file and the byte where it
 * begins, and never served; a directory serves one process and one cluster; a database serves one cluster, and of two
 * processes that take themselves for the owner of a shard at most one appends. What blocks (the driver) has threads of its
 * own.
 *
 * <p>Why JDBC and not R2DBC: its driver needs no second release of Netty, several shards' steps share a transaction, and
 * a pool of connections survives restarts of the server.
 */
@NullMarked
package dev.weft.registry.journal;

import org.jspecify.annotations.NullMarked;
