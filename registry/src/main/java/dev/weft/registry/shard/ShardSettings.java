package dev.weft.registry.shard;

import java.time.Duration;

/**
 * Bounds of a shard.
 *
 * @param queue how many commands may wait; further ones are refused
 * @param batch how many commands are decided and persisted together
 * @param recent how many changes are kept for followers who were away
 * @param recentBytes how much earlier states of objects may take among these
 * @param snapshotEvery a snapshot after so many batches; older events go
 * @param snapshotBytes no snapshot for the log's size before it has grown by so many bytes of JSON
 * @param snapshotTimes nor before it has grown by so many times what all objects take
 * @param objectBytes how large an object may be, as JSON
 * @param clockReserve how far ahead of the last version followers may close without a write
 * @param namespaceStep how many objects of a terminating namespace are removed in one step
 * @param restart how long to wait before a failed shard is loaded again
 * @param restartMost how long at most to wait before what runs beside a shard begins anew, after many failures
 * @param takeOver whether a shard that was loaded stores a mark before it serves, so that whoever took himself for its
 *     owner until then can store nothing any more
 * @param readLease how long the word of a store that others write to counts, see {@link ReadLease}
 */
public record ShardSettings(
        int queue,
        int batch,
        int recent,
        long recentBytes,
        int snapshotEvery,
        long snapshotBytes,
        int snapshotTimes,
        int objectBytes,
        Duration clockReserve,
        int namespaceStep,
        Duration restart,
        Duration restartMost,
        boolean takeOver,
        Duration readLease) {}
