/**
 * The embedded store: an Akka Persistence journal and snapshot store, and gossip's records, in one RocksDB a process.
 *
 * <p>Who may call: the front door opens and closes it; Akka Persistence loads the plugins by their names in {@code
 * reference.conf}.
 *
 * <p>What it owns: the data directory, and the one thread that writes to it. Writes of all shards that wait while a sync
 * is under way share the next one (group commit).
 *
 * <p>What must hold: a journal write is answered after it was synced; a batch is stored whole or not at all; a torn last
 * record (power loss) is repaired at opening; anything else that is damaged is reported with its file and never served; a
 * directory serves one process and one cluster.
 */
@NullMarked
package dev.weft.registry.journal;

import org.jspecify.annotations.NullMarked;
