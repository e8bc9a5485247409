package dev.weft.registry.journal;

import akka.actor.ClassicActorSystemProvider;

/** Where shards keep what must outlive the process: one of the stores of this room, opened. */
public interface Storage extends AutoCloseable {
    /** Hands it to the plugins of an actor system, before the first persistent actor starts there. */
    void attach(ClassicActorSystemProvider system);

    /**
     * Says, durably, that a backup is being put in: until {@link #endRestoring} nobody can open the store, so that a part of
     * a backup is never taken for the whole. Blocks.
     *
     * @throws DataDirectoryException if it cannot be written
     */
    void beginRestoring();

    /**
     * Says, durably, that all of the backup is in. Blocks.
     *
     * @throws DataDirectoryException if it cannot be written
     */
    void endRestoring();

    /** Ends what is under way, then closes. Blocks. */
    @Override
    void close();
}
